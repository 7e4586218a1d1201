//! The fields of a receiver and a place, at the checkout and in the address book.

use super::errors::flaw;
use crate::{components::Field, i18n::Tr};
use jumun::{command::ShipTo, refusal::Refusal};
use leptos::prelude::*;

/// The field of a mobile phone.
pub fn phone_field(tr: Tr, value: String, said: Signal<Option<Refusal>>) -> AnyView {
    view! {
        <Field
            label=tr.t("field.phone")
            name="phone"
            r#type="tel"
            value=value
            autocomplete="tel"
            inputmode="tel"
            placeholder="010-1234-5678"
            required=true
            maxlength=20
            error=flaw(tr, said, "phone")
        />
    }
    .into_any()
}

/// Name, phone, postcode, address and wish, filled from a known place. `beside_postcode` stands under the postcode.
pub fn address_fields(
    tr: Tr,
    known: Option<&ShipTo>,
    said: Signal<Option<Refusal>>,
    on_postcode: Option<Callback<String>>,
    beside_postcode: Option<AnyView>,
) -> AnyView {
    let of = |pick: fn(&ShipTo) -> String| known.map(pick).unwrap_or_default();
    let on_postcode = on_postcode.unwrap_or_else(|| Callback::new(|_| ()));
    view! {
        <div class="form-row">
            <Field
                label=tr.t("checkout.name")
                name="name"
                value=of(|to| to.name.to_string())
                autocomplete="name"
                required=true
                maxlength=40
                error=flaw(tr, said, "name")
            />
            {phone_field(tr, of(|to| to.phone.to_string()), said)}
        </div>
        <Field
            label=tr.t("field.postcode")
            name="postcode"
            value=of(|to| to.postcode.to_string())
            hint=tr.t("checkout.postcode_hint")
            autocomplete="postal-code"
            inputmode="numeric"
            required=true
            maxlength=5
            error=flaw(tr, said, "postcode")
            on_input=on_postcode
        />
        {beside_postcode}
        <Field
            label=tr.t("field.address")
            name="address"
            value=of(|to| to.address.to_string())
            hint=tr.t("checkout.address_hint")
            autocomplete="street-address"
            required=true
            maxlength=200
            error=flaw(tr, said, "address")
        />
        <Field
            label=tr.t("field.delivery_request")
            name="request"
            value=of(|to| to.request.as_ref().map(ToString::to_string).unwrap_or_default())
            hint=tr.t("checkout.request_hint")
            optional_label=tr.t("checkout.optional")
            maxlength=100
            error=flaw(tr, said, "delivery_request")
        />
    }
    .into_any()
}
