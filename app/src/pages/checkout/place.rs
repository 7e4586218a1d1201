//! The checkout of one seller's goods: where to, what it costs, agreed.

use crate::{
    api::checkout::{PlaceOrder, checkout},
    components::{Breadcrumbs, Button, ButtonKind, Checkbox, Chips, Field, LinkButton, Notice, PriceTable, Skeleton, TabItem, Tone, Won},
    error::Refused,
    i18n::{Tr, use_tr},
    pages::{
        cart::price_rows,
        errors::{Problem, Said, flaw, no_such_page, refused, told},
        frame::Head,
        order_parts::picture,
    },
};
use jumun::{
    command::ShipTo,
    ids::PartyId,
    money::Won as Money,
    view::{AddressView, CartGroup, CartLine, CheckoutView},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// The checkout page.
#[component]
pub fn Checkout() -> impl IntoView {
    let tr = use_tr();
    let params = use_params_map();
    let seller = Memo::new(move |_| params.read().get("seller").and_then(|seller| seller.parse::<PartyId>().ok()));
    let order = Resource::new(
        move || seller.get(),
        |seller| async move {
            match seller {
                Some(seller) => checkout(seller).await,
                None => Err(no_such_page()),
            }
        },
    );
    let place = ServerAction::<PlaceOrder>::new();
    let page = move || {
        Suspend::new(async move {
            match order.await {
                Ok(view) => sheet(tr, view, place),
                Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
            }
        })
    };
    view! {
        <Head title=tr.t("checkout.title") />
        <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("frame.loading") /> }>{page}</Transition>
    }
}

fn sheet(tr: Tr, view: CheckoutView, place: ServerAction<PlaceOrder>) -> AnyView {
    let crumbs = vec![("/cart".to_owned(), tr.t("cart.title")), (String::new(), tr.t("checkout.title"))];
    let about = tr.with("checkout.about", &[("seller", &tr.of(&view.group.seller_name)), ("n", &view.group.lines.len().to_string())]);
    let said = refused(place);
    let hidden = view! {
        <input type="hidden" name="seller" value=view.group.seller.to_string() />
        <input type="hidden" name="cart_version" value=view.cart_version.to_string() />
        <input type="hidden" name="seen_goods" value=goods(&view.group).0.to_string() />
    };
    let receiver = receiver(tr, view.addresses.clone(), place);
    let agreement = agreement(tr, &view, place);
    let summary = summary(tr, &view, place);
    view! {
        <div class="page-head"><div><Breadcrumbs items=crumbs label=tr.t("frame.here") /><h1>{tr.t("checkout.title")}</h1><p>{about}</p></div></div>
        <div class="stack">
            <Said refusal=said />
            <ActionForm action=place attr:class="checkout">
                {hidden}
                <div class="parts">{receiver} {agreement}</div>
                {summary}
            </ActionForm>
        </div>
    }
    .into_any()
}

/// The goods amount the buyer sees, to be compared when the order is placed.
fn goods(group: &CartGroup) -> Money {
    group.amounts.map_or_else(|| group.lines.iter().filter_map(|line| line.unit_price.times(line.quantity)).sum(), |amounts| amounts.goods)
}

/// Who receives it and where: from the address book, or new.
fn receiver(tr: Tr, addresses: Vec<AddressView>, place: ServerAction<PlaceOrder>) -> AnyView {
    let query = use_query_map();
    let known = addresses.len();
    let chosen = Memo::new(move |_| match query.read().get("to").as_deref() {
        Some("new") => None,
        Some(to) => to.parse::<usize>().ok().filter(|at| *at < known),
        None => (known > 0).then_some(0),
    });
    let labels: Vec<String> = addresses.iter().map(|address| place_words(&address.ship_to)).collect();
    let book = move || {
        let mut items: Vec<TabItem> =
            labels.iter().enumerate().map(|(at, label)| TabItem::new(format!("?to={at}"), label.clone(), chosen.get() == Some(at))).collect();
        items.push(TabItem::new("?to=new", tr.t("checkout.new_address"), chosen.get().is_none()));
        (known > 0).then(|| view! { <Chips items=items label=tr.t("checkout.address_book") /> })
    };
    let fields = move || fields(tr, chosen.get().and_then(|at| addresses.get(at).map(|address| address.ship_to.clone())), place);
    view! {
        <fieldset class="part">
            <h2>{tr.t("checkout.receiver")}</h2>
            {book}
            {fields}
        </fieldset>
    }
    .into_any()
}

/// The name and the first words of the street, short enough for a chip.
fn place_words(ship_to: &ShipTo) -> String {
    let mut words = format!("{} ·", ship_to.name.as_str());
    for word in ship_to.address.as_str().split(' ').take(4) {
        if words.chars().count() + word.chars().count() > 26 {
            break;
        }
        words.push(' ');
        words.push_str(word);
    }
    words.trim_end_matches(',').to_owned()
}

fn fields(tr: Tr, known: Option<ShipTo>, place: ServerAction<PlaceOrder>) -> AnyView {
    let said = refused(place);
    let of = |pick: fn(&ShipTo) -> String| known.as_ref().map(pick).unwrap_or_default();
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
            <Field
                label=tr.t("field.phone")
                name="phone"
                r#type="tel"
                value=of(|to| to.phone.to_string())
                autocomplete="tel"
                inputmode="tel"
                placeholder="010-1234-5678"
                required=true
                maxlength=20
                error=flaw(tr, said, "phone")
            />
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
        />
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
        <Checkbox label=tr.t("checkout.keep_address") name="keep_address" />
    }
    .into_any()
}

fn agreement(tr: Tr, view: &CheckoutView, place: ServerAction<PlaceOrder>) -> AnyView {
    let terms =
        [tr.with("checkout.terms.hold", &[("minutes", &view.hold_minutes.to_string())]), tr.t("checkout.terms.cancel"), tr.t("checkout.terms.share")]
            .map(|text| view! { <li>{text}</li> })
            .collect_view();
    view! {
        <fieldset class="part">
            <h2>{tr.t("checkout.agreement")}</h2>
            <div class="prose text-s soft"><ul>{terms}</ul></div>
            <Checkbox label=tr.t("checkout.agree") name="agree" required=true error=flaw(tr, refused(place), "agree") />
        </fieldset>
    }
    .into_any()
}

fn summary_line(tr: Tr, line: &CartLine) -> AnyView {
    let sum = line.unit_price.times(line.quantity).unwrap_or_default();
    let note = format!("{} · {}", tr.of(&line.option), tr.with("checkout.units", &[("n", &line.quantity.to_string())]));
    view! {
        <div class="summary-line">
            <span class="line-pic"><img src=picture(&line.drawing) alt="" width="800" height="600" /></span>
            <span>{tr.of(&line.title)} <br /> <span class="muted">{note}</span></span>
            <Won amount=sum.0 lang=tr.0.code() />
        </div>
    }
    .into_any()
}

/// What is ordered and the whole price table, before the button.
fn summary(tr: Tr, view: &CheckoutView, place: ServerAction<PlaceOrder>) -> AnyView {
    let group = &view.group;
    let lines = group.lines.iter().map(|line| summary_line(tr, line)).collect_view();
    let lang = tr.0.code();
    let table = group.amounts.as_ref().map(|amounts| {
        view! {
            <PriceTable
                rows=price_rows(tr, amounts)
                total_label=tr.t("price.payable")
                total=amounts.payable().0
                caption=tr.t("price.title")
                lang=lang
            />
        }
    });
    let island = tr.with("checkout.island", &[("fee", &tr.won(view.island_fee))]);
    let onward = match (&group.problem, &group.amounts) {
        (None, Some(amounts)) => {
            let pending = place.pending();
            let payable = amounts.payable().0;
            view! {
                <Button kind=ButtonKind::Primary class="btn-l btn-wide" disabled=pending>
                    {tr.t("checkout.place")} " · " <Won amount=payable lang=lang />
                </Button>
            }
            .into_any()
        }
        (problem, _) => {
            let (title, text) = problem.as_ref().map(|refusal| told(tr, refusal)).unwrap_or_default();
            view! {
                <Notice tone=Tone::Waiting title=title><p>{text}</p></Notice>
                <LinkButton href="/cart" kind=ButtonKind::Primary class="btn-l btn-wide">{tr.t("checkout.to_cart")}</LinkButton>
            }
            .into_any()
        }
    };
    view! {
        <aside class="summary">
            <h2>{tr.t("checkout.goods")}</h2>
            {lines}
            {table}
            <p class="summary-terms">{island}</p>
            {onward}
        </aside>
    }
    .into_any()
}
