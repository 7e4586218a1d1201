//! The address book on the visitor's own page. Which entry is open for writing stands in the address of the page.

use super::{
    address_fields::address_fields,
    errors::{Said, refused},
};
use crate::{
    api::account::{ForgetAddress, KeepAddress, PreferAddress, addresses},
    components::{Button, ButtonKind, Card, Confirm, EmptyState, LinkButton, Tag},
    i18n::{Tr, use_tr},
    load::load,
};
use jumun::view::AddressView;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

#[derive(Clone, Copy)]
struct Pens {
    keep: ServerAction<KeepAddress>,
    prefer: ServerAction<PreferAddress>,
    forget: ServerAction<ForgetAddress>,
}

/// The book, for customers.
#[component]
pub fn AddressBook() -> impl IntoView {
    let tr = use_tr();
    let pens = Pens { keep: ServerAction::new(), prefer: ServerAction::new(), forget: ServerAction::new() };
    let book = load(move || (pens.keep.version().get(), pens.prefer.version().get(), pens.forget.version().get()), |_| addresses());
    let query = use_query_map();
    let open = Memo::new(move |_| query.read().get("address").unwrap_or_default());
    let list = move || {
        Suspend::new(async move {
            let entries = book.await.unwrap_or_default();
            move || listed(tr, &entries, &open.get(), pens)
        })
    };
    view! {
        <Card title=tr.t("account.addresses") icon="map-pin">
            <Said refusal=refused(pens.keep) />
            <Transition>{list}</Transition>
        </Card>
    }
}

fn listed(tr: Tr, entries: &[AddressView], open: &str, pens: Pens) -> AnyView {
    let rows = entries
        .iter()
        .enumerate()
        .map(|(at, entry)| if entry.id.to_string() == open { sheet(tr, Some(entry), pens) } else { row(tr, at, entry, pens) })
        .collect_view();
    let empty =
        entries.is_empty().then(|| view! { <EmptyState icon="map-pin" title=tr.t("account.no_address") text=tr.t("account.no_address_text") /> });
    let new = if open == "new" {
        sheet(tr, None, pens)
    } else {
        view! {
            <div>
                <LinkButton href="/me?address=new" icon="plus">
                    {tr.t("account.add_address")}
                </LinkButton>
            </div>
        }
        .into_any()
    };
    view! { <div class="stack">{empty} <ul class="stack">{rows}</ul> {new}</div> }.into_any()
}

fn row(tr: Tr, at: usize, entry: &AddressView, pens: Pens) -> AnyView {
    let (id, to) = (entry.id.to_string(), &entry.ship_to);
    let first = (at == 0).then(|| view! { <Tag brand=true>{tr.t("account.default_address")}</Tag> });
    let prefer = (at > 0).then(|| {
        let id = id.clone();
        view! {
            <ActionForm action=pens.prefer>
                <input type="hidden" name="contact" value=id />
                <Button class="btn-s">{tr.t("account.make_default")}</Button>
            </ActionForm>
        }
    });
    view! {
        <li class="stack stack-s address">
            <p class="row">
                <span class="strong">{to.name.to_string()}</span>
                <span class="soft">{to.phone.to_string()}</span>
                {first}
            </p>
            <p>{format!("({}) {}", to.postcode, to.address)}</p>
            <div class="row">
                <LinkButton href=format!("/me?address={id}") class="btn-s">
                    {tr.t("account.edit_address")}
                </LinkButton>
                {prefer}
                <Confirm label=tr.t("account.forget_address") title=tr.t("account.forget_title")>
                    <p>{tr.t("account.forget_text")}</p>
                    <ActionForm action=pens.forget>
                        <input type="hidden" name="contact" value=id.clone() />
                        <Button kind=ButtonKind::DangerSolid class="btn-wide">
                            {tr.t("account.forget_do")}
                        </Button>
                    </ActionForm>
                </Confirm>
            </div>
        </li>
    }
    .into_any()
}

/// An entry as a form: a known one to change, or an empty one.
fn sheet(tr: Tr, entry: Option<&AddressView>, pens: Pens) -> AnyView {
    let replaces = entry.map(|entry| view! { <input type="hidden" name="replaces" value=entry.id.to_string() /> });
    let fields = address_fields(tr, entry.map(|entry| &entry.ship_to), refused(pens.keep), None, None);
    let form = view! {
        <ActionForm action=pens.keep attr:class="form">
            {replaces}
            {fields}
            <div class="row">
                <Button kind=ButtonKind::Primary>{tr.t("account.save_address")}</Button>
                <LinkButton href="/me" kind=ButtonKind::Quiet>
                    {tr.t("account.leave_address")}
                </LinkButton>
            </div>
        </ActionForm>
    };
    if entry.is_some() { view! { <li class="address">{form}</li> }.into_any() } else { form.into_any() }
}
