//! The keys that head office gives to sales channels.

use super::console::{Console, after, page_head, use_chain};
use crate::{
    api::{
        self,
        people::{MakeChannelKey, RevokeChannelKey},
    },
    components::{Button, ButtonKind, Card, Choice, EmptyState, Field, Select, Skeleton},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        desk::{keys, webhooks::fresh},
        errors::{Problem, Said, flaw, refused},
        frame::Head,
    },
};
use jumun::scope::{ChannelView, ChannelsView};
use leptos::prelude::*;

/// `/admin/channels`
#[component]
pub fn Channels() -> impl IntoView {
    let tr = use_tr();
    let chain = use_chain();
    let data = load(|| (), |()| api::people::channels());
    let (make, revoke) = (ServerAction::<MakeChannelKey>::new(), ServerAction::<RevokeChannelKey>::new());
    after(make, move || data.refetch());
    after(revoke, move || data.refetch());
    let shown = move || {
        data.get().map(|found| match found {
            Ok(view) => list(tr, &view, make, revoke),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    view! {
        <Console chain=chain>
            <Head title=tr.t("channels.title") />
            {page_head(tr.t("channels.title"), tr.t("channels.about"), ())}
            <div class="stack">
                <Said refusal=refused(revoke) />
                <Transition fallback=move || view! { <Skeleton lines=6 label=tr.t("admin.loading") /> }>{shown}</Transition>
            </div>
        </Console>
    }
}

fn list(tr: Tr, view: &ChannelsView, make: ServerAction<MakeChannelKey>, revoke: ServerAction<RevokeChannelKey>) -> AnyView {
    if view.rows.is_empty() {
        return view! { <EmptyState icon="key" title=tr.t("channels.empty") text=tr.t("channels.empty_text") /> }.into_any();
    }
    let fresh = view.fresh.clone().map(|key| fresh(tr.t("keys.fresh_title"), tr.t("channels.fresh_text"), key));
    let end = |fields: AnyView| view! { <ActionForm action=revoke>{fields}</ActionForm> }.into_any();
    let cards = view.rows.iter().map(|channel| {
        let rows = channel.keys.iter().map(|key| keys::entry(tr, key, view.now, end)).collect_view();
        view! {
            <Card title=channel.name.clone() icon="key">
                <ul class="cases">{rows}</ul>
            </Card>
        }
    });
    let cards = cards.collect_view();
    view! {
        {fresh}
        {cards}
        {new(tr, &view.rows, make)}
    }
    .into_any()
}

fn new(tr: Tr, channels: &[ChannelView], make: ServerAction<MakeChannelKey>) -> AnyView {
    let choices: Vec<Choice> = channels.iter().map(|channel| Choice::new(channel.account.to_string(), channel.name.clone())).collect();
    view! {
        <Card title=tr.t("keys.make") icon="plus">
            <ActionForm action=make attr:class="stack stack-s">
                <Said refusal=refused(make) />
                <Select label=tr.t("channels.channel") name="channel" choices=choices required=true />
                <Field
                    label=tr.t("keys.name")
                    name="name"
                    maxlength=60
                    required=true
                    hint=tr.t("keys.name_hint")
                    error=flaw(tr, refused(make), "key_name")
                />
                {keys::boxes(tr)}
                <div>
                    <Button kind=ButtonKind::Primary icon="plus" disabled=make.pending()>
                        {tr.t("keys.make_do")}
                    </Button>
                </div>
            </ActionForm>
        </Card>
    }
    .into_any()
}
