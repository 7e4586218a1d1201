//! One product: what it is, what it costs, when it comes, and into the basket with it.

use super::{
    card::{Shelf, shipping_words, stock_note, units},
    reviews::{in_short, section, use_reviews},
};
use crate::{
    api::{cart::AddToCart, catalogue::product},
    components::{Breadcrumbs, Button, ButtonKind, Card, Choice, Facts, Icon, Plate, RadioCard, Select, Skeleton, Table, Won},
    error::Refused,
    i18n::{Tr, use_tr},
    load::{Loaded, load},
    pages::{
        cart::to_install,
        errors::{Problem, Said, refused},
        frame::Head,
        order_parts::picture,
    },
};
use jumun::{
    catalogue::Supply,
    money::Won as Money,
    view::{ProductView, ReviewsView, VariantView},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// More than this many at once are set in the basket.
const MOST_AT_ONCE: u32 = 20;

/// A product's page.
#[component]
pub fn Product() -> impl IntoView {
    let tr = use_tr();
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let goods = load(move || id.get(), product);
    let said = use_reviews(id);
    let add = ServerAction::<AddToCart>::new();
    let page = move || {
        Suspend::new(async move {
            match goods.await {
                Ok(view) => shown(tr, view, add, said),
                Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
            }
        })
    };
    view! { <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("frame.loading") /> }>{page}</Transition> }
}

fn shown(tr: Tr, view: ProductView, add: ServerAction<AddToCart>, said: Loaded<ReviewsView>) -> AnyView {
    let name = tr.of(&view.card.name);
    let category = view.card.category.slug();
    let crumbs = vec![
        ("/".to_owned(), tr.t("frame.home")),
        (format!("/?category={category}"), tr.t(&format!("category.{category}"))),
        (String::new(), name.clone()),
    ];
    let similar = (!view.similar.is_empty()).then(|| {
        view! {
            <section class="shop-section">
                <div class="section-head">
                    <h2>{tr.t("product.similar")}</h2>
                </div>
                <Shelf cards=view.similar.clone() />
            </section>
        }
    });
    let id = view.card.id.to_string();
    let reviews = move || {
        let id = id.clone();
        Suspend::new(async move { section(tr, &id, said.await) })
    };
    view! {
        <Head title=name.clone() description=tr.of(&view.card.summary) />
        <Breadcrumbs items=crumbs label=tr.t("frame.here") />
        <div class="product-page">
            <div class="gallery">
                <div class="gallery-main">
                    <img src=picture(&view.card.drawing) alt=name width="800" height="600" />
                </div>
            </div>
            {buy(tr, &view, add)}
            {detail(tr, &view)}
        </div>
        <Transition>{reviews}</Transition>
        {similar}
    }
    .into_any()
}

/// The form: options, quantity, what it comes to.
fn buy(tr: Tr, view: &ProductView, add: ServerAction<AddToCart>) -> AnyView {
    let card = &view.card;
    let lang = tr.0.code();
    let (category, supply) = (card.category, card.supply);
    let first = view.variants.iter().position(|variant| variant.available > 0).unwrap_or(0);
    let most = view.variants.iter().map(|variant| variant.available).max().unwrap_or(0).min(view.most_units).clamp(1, MOST_AT_ONCE);
    let out = view.variants.iter().all(|variant| variant.available == 0);
    let variants = StoredValue::new(view.variants.clone());
    let chosen = RwSignal::new(first);
    let fee = view.installation.as_ref().map_or(0, |(_, fee)| fee.0);
    let installed = RwSignal::new(view.installation.is_some());
    let count = RwSignal::new(1_u32);
    let of_chosen = move |pick: fn(&VariantView) -> i64| variants.with_value(|all| all.get(chosen.get()).map(pick).unwrap_or_default());
    let price = Signal::derive(move || of_chosen(|variant| variant.price.0));
    let available = Signal::derive(move || u32::try_from(of_chosen(|variant| i64::from(variant.available))).unwrap_or_default());
    let sum = Signal::derive(move || {
        let each = price.get() + if installed.get() { fee } else { 0 };
        Money(each).times(count.get()).map_or(0, |sum| sum.0)
    });
    let summed = move || tr.t(if installed.get() && fee > 0 { "installation.sum" } else { "product.sum" });
    let choose = Callback::new(move |id: String| {
        if let Some(at) = variants.with_value(|all| all.iter().position(|variant| variant.id.as_str() == id)) {
            chosen.set(at);
        }
    });
    let counted = Callback::new(move |n: String| count.set(n.parse().unwrap_or(1)));
    let install = Callback::new(move |answer: String| installed.set(answer == "yes"));
    // What was chosen before the page came alive.
    Effect::new(move |_| {
        if let Some(id) = picked("input[name=variant]:checked") {
            choose.run(id);
        }
        if let Some(n) = picked("select[name=quantity] option:checked") {
            counted.run(n);
        }
        if let Some(answer) = picked("input[name=installed]:checked") {
            install.run(answer);
        }
    });
    let stock = move || {
        let ship_by = variants.with_value(|all| all.get(chosen.get()).and_then(|variant| variant.ship_by));
        let note = stock_note(tr, category, supply, available.get(), ship_by);
        let text = match supply {
            Supply::PreOrder => "product.pre_order_text",
            Supply::ToOrder => "product.to_order_text",
            Supply::Stocked => "product.stock_text",
        };
        view! {
            <li class=note.class>
                <Icon name=note.icon />
                <p>
                    <b>{note.text}</b>
                    <span>{tr.t(text)}</span>
                </p>
            </li>
        }
    };
    let quantities = (1..=most).map(|n| Choice::new(n.to_string(), units(tr, category, n))).collect::<Vec<_>>();
    let plate: Vec<(String, AnyView)> = view.specs.iter().take(3).map(|row| (tr.of(&row.label), row.value.clone().into_any())).collect();
    let plate = (!plate.is_empty()).then(|| view! { <Plate rows=plate /> });
    let pending = add.pending();
    let word = match (out, supply) {
        (true, _) => tr.t("shop.sold_out"),
        (false, Supply::PreOrder) => tr.t("product.add_pre_order"),
        (false, Supply::Stocked | Supply::ToOrder) => tr.t("product.add"),
    };
    let title = view! {
        <div class="product-title">
            <p class="soft text-s">{format!("{} · {}", card.brand, tr.of(&card.seller_name))}</p>
            <h1>{tr.of(&card.name)}</h1>
            <p class="soft">{tr.of(&card.summary)}</p>
            {in_short(tr, &card.rating)
                .map(|rating| {
                    view! {
                        <p>
                            <a class="rating-link" href="#reviews">
                                {rating}
                            </a>
                        </p>
                    }
                })}
        </div>
    };
    let delivery = view! {
        <li>
            <Icon name="truck" />
            <p>
                <b>{shipping_words(tr, card.shipping_fee)}</b>
                <span>{delivery_words(tr, view)}</span>
            </p>
        </li>
    };
    let options = options(tr, view, first, choose);
    let only_sent = category.needs_installer() && view.installation.is_none();
    let installation = installation(tr, view, install);
    view! {
        <ActionForm action=add attr:class="buy">
            {title}
            <p class="price price-l">
                <span class="price-now">{move || view! { <Won amount=price.get() lang=lang /> }}</span>
            </p>
            <Said refusal=refused(add) />
            <ul class="promise-rows">
                {delivery} {stock}
                {only_sent
                    .then(|| {
                        view! {
                            <li>
                                <Icon name="wrench" />
                                <p>
                                    <b>{tr.t("product.no_installation")}</b>
                                    <span>{tr.t("product.no_installation_text")}</span>
                                </p>
                            </li>
                        }
                    })}
            </ul>
            {plate}
            {options}
            {installation}
            <Select label=tr.t("field.quantity") name="quantity" choices=quantities on_change=counted />
            <div class="buy-bar">
                <div class="buy-bar-sum">
                    <small>{summed}</small>
                    <b>{move || view! { <Won amount=sum.get() lang=lang /> }}</b>
                </div>
                <Button kind=ButtonKind::Primary class="btn-l" icon="cart" disabled=Signal::derive(move || out || pending.get())>
                    {word}
                </Button>
            </div>
        </ActionForm>
    }
    .into_any()
}

/// The value of the element that a selector finds in the browser's page.
fn picked(selector: &str) -> Option<String> {
    document().query_selector(selector).ok().flatten()?.get_attribute("value")
}

fn delivery_words(tr: Tr, view: &ProductView) -> String {
    if view.card.shipping_fee == Money::ZERO {
        tr.t("product.ships_free_text")
    } else {
        tr.with("product.ships_for_text", &[("amount", &tr.won(view.free_from))])
    }
}

/// The options as cards; a product with one option has nothing to choose.
fn options(tr: Tr, view: &ProductView, first: usize, choose: Callback<String>) -> AnyView {
    let lang = tr.0.code();
    if let [only] = view.variants.as_slice() {
        return view! { <input type="hidden" name="variant" value=only.id.as_str().to_owned() /> }.into_any();
    }
    let (category, supply) = (view.card.category, view.card.supply);
    let cards = view
        .variants
        .iter()
        .enumerate()
        .map(|(at, variant)| {
            let price = variant.price.0;
            let note = stock_note(tr, category, supply, variant.available, variant.ship_by);
            view! {
                <RadioCard
                    name="variant"
                    value=variant.id.as_str()
                    title=tr.of(&variant.option)
                    text=note.text
                    aside=move || view! { <Won amount=price lang=lang /> }
                    checked=at == first
                    disabled=variant.available == 0
                    required=true
                    on_choose=choose
                />
            }
        })
        .collect_view();
    view! {
        <fieldset class="fieldset">
            <legend>{tr.t("product.option")}</legend>
            <div class="radio-cards">{cards}</div>
        </fieldset>
    }
    .into_any()
}

/// The choice to have the goods put up; nothing for goods that nobody puts up.
fn installation(tr: Tr, view: &ProductView, choose: Callback<String>) -> Option<AnyView> {
    let (name, fee) = view.installation.as_ref()?;
    let extras = (!view.extras.is_empty()).then(|| {
        view! {
            <p class="hint">
                <a class="link" href="#extras">
                    {tr.t("product.extras")}
                </a>
            </p>
        }
    });
    Some(
        view! {
            <fieldset class="fieldset">
                <legend>{tr.t("installation.choose")}</legend>
                <div class="radio-cards">
                    <RadioCard
                        name="installed"
                        value="yes"
                        icon="wrench"
                        title=to_install(tr, *fee)
                        text=tr.with("installation.to", &[("name", &tr.of(name))])
                        checked=true
                        required=true
                        on_choose=choose
                    />
                    <RadioCard name="installed" value="no" icon="truck" title=tr.t("installation.without") required=true on_choose=choose />
                </div>
                {extras}
            </fieldset>
        }
        .into_any(),
    )
}

fn detail(tr: Tr, view: &ProductView) -> AnyView {
    let lang = tr.0.code();
    let specs = view
        .specs
        .iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row">{tr.of(&row.label)}</th>
                    <td>{row.value.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    let extras = (!view.extras.is_empty()).then(|| {
        let rows = view
            .extras
            .iter()
            .map(|row| {
                view! {
                    <tr>
                        <th scope="row">{tr.of(&row.name)}</th>
                        <td>{tr.of(&row.unit)}</td>
                        <td class="end">
                            <Won amount=row.price.0 lang=lang />
                        </td>
                    </tr>
                }
            })
            .collect_view();
        let basic = view.installation.as_ref().map(|(name, fee)| {
            let words = tr.with("installation.basic", &[("name", &tr.of(name)), ("amount", &tr.won(*fee))]);
            view! { <p>{words}</p> }
        });
        let in_vain = (view.call_out > jumun::money::Won::ZERO).then(|| {
            let words = tr.with("installation.site.published", &[("amount", &tr.won(view.call_out))]);
            view! { <p class="soft">{words}</p> }
        });
        view! {
            <section class="stack stack-s" id="extras">
                <h2>{tr.t("product.extras")}</h2>
                {basic}
                <p class="soft">{tr.t("product.extras_text")}</p>
                <Table caption=tr.t("product.extras")>
                    <thead>
                        <tr>
                            <th scope="col">{tr.t("product.extra_what")}</th>
                            <th scope="col">{tr.t("product.extra_unit")}</th>
                            <th scope="col" class="end">
                                {tr.t("product.extra_price")}
                            </th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
                {in_vain}
            </section>
        }
    });
    let phone = view.seller_phone.clone();
    let call = view! {
        <a class="link" href=format!("tel:{phone}")>
            {phone.clone()}
        </a>
    }
    .into_any();
    let seller: Vec<(String, AnyView)> = vec![
        (tr.t("product.seller_name"), tr.of(&view.card.seller_name).into_any()),
        (tr.t("product.seller_phone"), call),
        (tr.t("product.seller_address"), view.seller_address.clone().into_any()),
    ];
    let terms = ["cancel", "return", "cost"].map(|key| view! { <li>{tr.t(&format!("product.terms.{key}"))}</li> }).collect_view();
    view! {
        <div class="product-detail stack stack-l">
            <section class="stack stack-s">
                <h2>{tr.t("product.about")}</h2>
                <p class="prose">{tr.of(&view.description)}</p>
            </section>
            <section class="stack stack-s">
                <h2>{tr.t("product.specs")}</h2>
                <Table caption=tr.t("product.specs")>
                    <tbody>{specs}</tbody>
                </Table>
            </section>
            {extras}
            <div class="grid-3">
                <Card title=tr.t("product.seller") icon="store">
                    <Facts rows=seller />
                </Card>
                <Card title=tr.t("product.terms_title") icon="undo">
                    <div class="prose text-s">
                        <ul>{terms}</ul>
                    </div>
                </Card>
            </div>
        </div>
    }
    .into_any()
}
