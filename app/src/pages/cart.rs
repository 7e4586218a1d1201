//! The basket: by seller, with the whole price table before anybody orders.

use super::{
    errors::{Problem, Said, refused, told},
    frame::{Head, use_visit},
    order_parts::{picture, pre_order},
};
use crate::{
    api::cart::{SetCartInstallation, SetCartLine, cart},
    components::{Button, ButtonKind, EmptyState, Icon, IconButton, LinkButton, Notice, PriceRow, PriceTable, Skeleton, Stepper, Tone, Won},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
};
use jumun::{
    money::Won as Money,
    pricing::Amounts,
    view::{CartGroup, CartLine, CartView},
};
use leptos::prelude::*;

/// The lines of a price table; what is nought is left out, but never the goods and the shipping.
pub fn price_rows(tr: Tr, amounts: &Amounts) -> Vec<PriceRow> {
    let off = |key: &str, amount: Money| (amount != Money::ZERO).then(|| PriceRow::new(tr.t(key), -amount.0));
    let on = |key: &str, amount: Money| (amount != Money::ZERO).then(|| PriceRow::new(tr.t(key), amount.0));
    [
        Some(PriceRow::new(tr.t("price.goods"), amounts.goods.0)),
        off("price.promotion", amounts.promotion),
        off("price.coupon", amounts.coupon),
        off("price.tier", amounts.tier),
        Some(PriceRow::new(tr.t("price.shipping"), amounts.shipping.0)),
        on("price.island", amounts.island),
        on("price.installation", amounts.installation),
        on("price.extras", amounts.extras),
        on("price.penalty", amounts.penalty),
        off("price.points", amounts.points),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What having a line's units put up costs, in words; none where the buyer does not want it.
pub fn installed(tr: Tr, line: &CartLine) -> Option<String> {
    let each = line.installation.filter(|_| line.installed)?;
    let amount = each.times(line.quantity).unwrap_or_default();
    Some(if amount == Money::ZERO { tr.t("installation.with_free") } else { tr.with("installation.line", &[("amount", &tr.won(amount))]) })
}

/// The choice to have units put up, with what it costs for one.
pub fn to_install(tr: Tr, each: Money) -> String {
    if each == Money::ZERO {
        return tr.t("installation.with_free");
    }
    tr.with("installation.with", &[("amount", &tr.with("installation.each", &[("amount", &tr.won(each))]))])
}

/// What can be done to a line.
#[derive(Clone, Copy)]
struct Acts {
    count: ServerAction<SetCartLine>,
    install: ServerAction<SetCartInstallation>,
}

/// The basket.
#[component]
pub fn Cart() -> impl IntoView {
    let tr = use_tr();
    let visit = use_visit();
    let acts = Acts { count: ServerAction::new(), install: ServerAction::new() };
    let (counted, chosen) = (acts.count.version(), acts.install.version());
    let basket = load(move || (counted.get(), chosen.get()), |_| cart());
    Effect::new(move |_| {
        if counted.get() > 0 {
            visit.0.refetch();
        }
    });
    let page = move || {
        Suspend::new(async move {
            match basket.await {
                Ok(view) if view.groups.is_empty() => empty(tr),
                Ok(view) => filled(tr, &view, acts),
                Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
            }
        })
    };
    view! {
        <Head title=tr.t("cart.title") />
        <Transition fallback=move || view! { <Skeleton lines=5 label=tr.t("frame.loading") /> }>{page}</Transition>
    }
}

fn empty(tr: Tr) -> AnyView {
    view! {
        <h1 class="visually-hidden">{tr.t("cart.title")}</h1>
        <EmptyState icon="cart" title=tr.t("cart.empty") text=tr.t("cart.empty_text")>
            <LinkButton href="/" kind=ButtonKind::Primary>
                {tr.t("errors.to_home")}
            </LinkButton>
        </EmptyState>
    }
    .into_any()
}

fn filled(tr: Tr, view: &CartView, acts: Acts) -> AnyView {
    let units: u32 = view.groups.iter().flat_map(|group| &group.lines).map(|line| line.quantity).sum();
    let about = tr.with("cart.about", &[("units", &units.to_string()), ("sellers", &view.groups.len().to_string())]);
    let groups = view.groups.iter().map(|group| of_seller(tr, group, view.most_units, acts)).collect_view();
    view! {
        <div class="page-head">
            <div>
                <h1>{tr.t("cart.title")}</h1>
                <p>{about}</p>
            </div>
        </div>
        <div class="stack stack-l">
            <Said refusal=refused(acts.count) />
            <Said refusal=refused(acts.install) />
            {groups}
        </div>
    }
    .into_any()
}

fn of_seller(tr: Tr, group: &CartGroup, most: u32, acts: Acts) -> AnyView {
    let name = tr.of(&group.seller_name);
    let lines = group.lines.iter().map(|line| line_of(tr, line, most, acts)).collect_view();
    view! {
        <section class="split">
            <div class="card">
                <div class="cart-seller">
                    <h2>
                        <Icon name="store" />
                        {name.clone()}
                    </h2>
                </div>
                <ul>{lines}</ul>
            </div>
            {summary(tr, group, &name)}
        </section>
    }
    .into_any()
}

/// What the seller's goods come to, and the way to order them or why there is none.
fn summary(tr: Tr, group: &CartGroup, name: &str) -> AnyView {
    let table = group.amounts.as_ref().map(|amounts| {
        view! {
            <PriceTable
                rows=price_rows(tr, amounts)
                total_label=tr.t("price.payable")
                total=amounts.payable().0
                caption=tr.t("price.title")
                lang=tr.0.code()
            />
        }
    });
    let onward = match &group.problem {
        Some(refusal) => {
            let (title, text) = told(tr, refusal);
            view! {
                <Notice tone=Tone::Waiting title=title>
                    <p>{text}</p>
                </Notice>
                <span class="btn btn-primary btn-l btn-wide" aria-disabled="true">
                    {tr.t("cart.order")}
                </span>
            }
            .into_any()
        }
        None => view! {
            <LinkButton href=format!("/checkout/{}", group.seller) kind=ButtonKind::Primary class="btn-l btn-wide">
                {tr.t("cart.order")}
            </LinkButton>
        }
        .into_any(),
    };
    view! {
        <aside class="side summary">
            <h2>{tr.with("cart.summary", &[("seller", name)])}</h2>
            {table}
            {onward}
            <p class="summary-terms">{tr.t("cart.terms")}</p>
        </aside>
    }
    .into_any()
}

fn line_of(tr: Tr, line: &CartLine, most: u32, acts: Acts) -> AnyView {
    let title = tr.of(&line.title);
    let href = format!("/products/{}", line.product);
    let variant = line.variant.as_str().to_owned();
    let sum = line.unit_price.times(line.quantity).unwrap_or_default();
    let warning = if !line.on_sale {
        Some(("ban", tr.t("cart.not_on_sale")))
    } else if line.available == 0 {
        Some(("x-circle", tr.t("cart.sold_out")))
    } else if line.available < line.quantity {
        Some(("hourglass", tr.with("cart.only", &[("n", &line.available.to_string())])))
    } else {
        None
    };
    let warning = warning.map(|(icon, text)| {
        view! {
            <p class="text-s stock-low row row-nowrap">
                <Icon name=icon />
                {text}
            </p>
        }
    });
    let max = most.min(line.available.max(line.quantity)).max(1);
    let stepper = quantity_form(tr, line, &title, i64::from(max), acts.count);
    let remove = remove_form(tr, &variant, &title, acts.count);
    view! {
        <li class="cart-line">
            <a class="line-pic" href=href.clone() tabindex="-1" aria-hidden="true">
                <img src=picture(&line.drawing) alt="" width="800" height="600" loading="lazy" />
            </a>
            <div>
                <p class="line-name">
                    <a href=href>{title.clone()}</a>
                </p>
                <p class="line-note">{tr.of(&line.option)} " · " <Won amount=line.unit_price.0 lang=tr.0.code() /></p>
                {pre_order(tr, line.ship_by)}
                {warning}
            </div>
            {installation_form(tr, line, &title, acts.install)}
            <div class="line-foot">
                {stepper} {remove} <span class="line-sum">
                    <Won amount=sum.0 lang=tr.0.code() />
                </span>
            </div>
        </li>
    }
    .into_any()
}

/// Whether the units of a line are put up, and the way to the other answer; nothing for goods that nobody puts up.
fn installation_form(tr: Tr, line: &CartLine, title: &str, install: ServerAction<SetCartInstallation>) -> Option<AnyView> {
    let with = to_install(tr, line.installation?);
    let without = tr.t("installation.without");
    let (now, other, sends) = match installed(tr, line) {
        Some(words) => (words, without, "no"),
        None => (without, with, "yes"),
    };
    let class = if line.installed { "line-install" } else { "line-install is-off" };
    // Several lines have the same words: the name of the goods tells them apart for who hears the page.
    let title = format!(" — {title}");
    let variant = line.variant.as_str().to_owned();
    let pending = install.pending();
    Some(
        view! {
            <ActionForm action=install attr:class=class>
                <input type="hidden" name="variant" value=variant />
                <input type="hidden" name="installed" value=sends />
                <p class="installed">
                    <Icon name="wrench" />
                    {now}
                </p>
                <Button class="btn-s" disabled=pending>
                    {other}
                    <span class="visually-hidden">{title}</span>
                </Button>
            </ActionForm>
        }
        .into_any(),
    )
}

fn quantity_form(tr: Tr, line: &CartLine, title: &str, max: i64, set: ServerAction<SetCartLine>) -> AnyView {
    let variant = line.variant.as_str().to_owned();
    let quantity = i64::from(line.quantity);
    let label = tr.with("cart.quantity_of", &[("title", title)]);
    let counted = {
        let variant = variant.clone();
        Callback::new(move |count: i64| {
            let quantity = u32::try_from(count).unwrap_or(1);
            set.dispatch(SetCartLine { variant: variant.clone(), quantity, change: None });
        })
    };
    view! {
        <ActionForm action=set>
            <input type="hidden" name="variant" value=variant />
            <Stepper
                name="quantity"
                value=quantity
                max=max
                label=label
                minus_label=tr.t("cart.minus")
                plus_label=tr.t("cart.plus")
                step_name="change"
                on_count=counted
            />
        </ActionForm>
    }
    .into_any()
}

fn remove_form(tr: Tr, variant: &str, title: &str, set: ServerAction<SetCartLine>) -> AnyView {
    let variant = variant.to_owned();
    let label = tr.with("cart.remove", &[("title", title)]);
    view! {
        <ActionForm action=set>
            <input type="hidden" name="variant" value=variant />
            <input type="hidden" name="quantity" value="0" />
            <IconButton icon="trash" label=label />
        </ActionForm>
    }
    .into_any()
}
