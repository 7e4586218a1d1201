//! The checkout of one seller's goods: where to, what it costs, agreed.

use crate::{
    api::{
        catalogue::product,
        checkout::{CheckCheckout, PlaceOrder, checkout, quote_cart},
    },
    components::{
        Breadcrumbs, Button, ButtonKind, Checkbox, Chips, Choice, Field, Icon, LinkButton, Notice, PriceTable, RadioCard, Select, Skeleton, TabItem,
        Tone, Won, escape_text,
    },
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        address_fields::address_fields,
        cart::{installed, price_rows},
        errors::{Problem, Said, flaw, no_such_page, refused, told},
        frame::Head,
        order_parts::{picture, pre_order},
    },
    session::typed,
};
use jumun::{
    command::ShipTo,
    ids::{PartyId, ProductId},
    money::Won as Money,
    order::{Half, OnShortage, SiteAnswer},
    refusal::Refusal,
    time::Date,
    view::{AddressView, CartGroup, CartLine, CartQuote, CheckoutView, ProductCard},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{
    hooks::{use_params_map, use_query_map},
    location::Url,
};

/// The checkout page.
#[component]
pub fn Checkout() -> impl IntoView {
    let tr = use_tr();
    let params = use_params_map();
    let seller = Memo::new(move |_| params.read().get("seller").and_then(|seller| seller.parse::<PartyId>().ok()));
    let query = use_query_map();
    let asked = |name: &'static str| Memo::new(move |_| query.read().get(name).filter(|text| !text.is_empty()));
    let (at, coupon, points) = (asked("at"), asked("coupon"), asked("points"));
    let order = load(
        move || (seller.get(), at.get(), coupon.get(), points.get()),
        |(seller, at, coupon, points)| async move {
            match seller {
                Some(seller) => checkout(seller, at, coupon, points).await,
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
    // Missing units are told where the button is, with what can be done about them.
    let above = Signal::derive(move || said.get().filter(|refusal| !matches!(refusal, Refusal::OutOfStock { .. })));
    let hidden = view! {
        <input type="hidden" name="seller" value=view.group.seller.to_string() />
        <input type="hidden" name="cart_version" value=view.cart_version.to_string() />
        <input type="hidden" name="seen_goods" value=goods(&view.group).0.to_string() />
    };
    let bill = Bill::of(&view);
    let receiver = receiver(tr, view.addresses.clone(), bill, place);
    let wish = view.visit_days.map(|days| visit_wish(tr, days, place));
    let site = view.visit_days.map(|_| site(tr, view.call_out, place));
    let benefits = super::benefits::benefits(tr, view.benefits.as_ref(), bill);
    let agreement = agreement(tr, &view, place);
    let summary = summary(tr, &view, bill, place);
    view! {
        <div class="page-head">
            <div>
                <Breadcrumbs items=crumbs label=tr.t("frame.here") />
                <h1>{tr.t("checkout.title")}</h1>
                <p>{about}</p>
            </div>
        </div>
        <div class="stack">
            <Said refusal=above />
            <ActionForm action=place attr:class="checkout">
                {hidden}
                <div class="parts">{receiver} {site} {wish} {benefits} {if_short(tr)} {agreement}</div>
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

/// What a price is asked for: a postcode if it is whole, a coupon, points.
type Question = (Option<String>, String, String);

/// What the goods cost where they go and with what the buyer uses: the postcode that is typed, else the one chosen in the
/// address book; the coupon and the points as chosen.
#[derive(Clone, Copy)]
pub(super) struct Bill {
    /// The chosen entry of the address book; none for a new address.
    chosen: Memo<Option<usize>>,
    /// The postcode as it is being typed.
    typed: RwSignal<Option<String>>,
    /// The coupon; empty for none.
    pub(super) coupon: RwSignal<String>,
    /// The points, as typed.
    pub(super) points: RwSignal<String>,
    /// How often all points were taken at a press: the field is drawn anew each time.
    pub(super) presses: RwSignal<u32>,
    /// Where it goes, as far as known.
    postcode: Memo<String>,
    /// What that costs, once known.
    quote: Memo<Option<CartQuote>>,
    /// Why coupon or points cannot be used.
    pub(super) objection: Memo<Option<Refusal>>,
}

impl Bill {
    fn of(view: &CheckoutView) -> Self {
        let query = use_query_map();
        let known: Vec<(String, Option<CartQuote>)> =
            view.addresses.iter().map(|address| (address.ship_to.postcode.to_string(), address.quote)).collect();
        let count = known.len();
        let chosen = Memo::new(move |_| match query.read().get("to").as_deref() {
            Some("new") => None,
            Some(to) => to.parse::<usize>().ok().filter(|at| *at < count),
            None => (count > 0).then_some(0),
        });
        let typed = RwSignal::new(None::<String>);
        Effect::new(move |_| {
            chosen.track();
            typed.set(None);
        });
        // The server has priced what the address of the page says.
        let asked = |name: &str| query.read_untracked().get(name).unwrap_or_default();
        let drawn = StoredValue::new((asked("coupon"), asked("points")));
        let (coupon, points) = drawn.with_value(|(coupon, points)| (RwSignal::new(coupon.clone()), RwSignal::new(points.clone())));
        let of_book = StoredValue::new(known);
        let from_book = move || chosen.get().and_then(|at| of_book.with_value(|known| known.get(at).cloned()));
        let postcode = Memo::new(move |_| {
            typed.get().or_else(|| from_book().map(|(postcode, _)| postcode)).or_else(|| query.read().get("at")).unwrap_or_default()
        });
        let whole = |text: &String| text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit());
        let question = Memo::new(move |_| -> Option<Question> {
            let wish = (coupon.get(), points.get());
            let moved = typed.get().is_some_and(|typed| whole(&typed)) || drawn.with_value(|drawn| *drawn != wish);
            moved.then(|| (Some(postcode.get()).filter(whole), wish.0, wish.1))
        });
        let seller = view.group.seller;
        let ask = Action::new(move |question: &Question| {
            let question = question.clone();
            async move {
                let (postcode, coupon, points) = question.clone();
                (question, quote_cart(seller, postcode, Some(coupon), Some(points)).await)
            }
        });
        Effect::new(move |_| {
            if let Some(question) = question.get() {
                ask.dispatch(question);
            }
        });
        let value = ask.value();
        let answer = move || question.get().and_then(|asked| value.get().filter(|(question, _)| *question == asked).map(|(_, answer)| answer));
        let (checked, problem) = (view.checked, view.benefits_problem.clone());
        let quote = Memo::new(move |_| match (question.get(), typed.get()) {
            (Some(_), _) => answer().and_then(Result::ok),
            (None, Some(_)) => None,
            (None, None) => from_book().map_or(checked, |(_, quote)| quote),
        });
        let objection = Memo::new(move |_| match question.get() {
            Some(_) => answer().and_then(Result::err).map(|Refused(refusal)| refusal),
            None => problem.clone(),
        });
        Self { chosen, typed, coupon, points, presses: RwSignal::new(0), postcode, quote, objection }
    }

    /// Puts a number into the field for points.
    pub(super) fn use_points(self, points: Money) {
        self.points.set(points.0.to_string());
        self.presses.update(|presses| *presses += 1);
    }
}

/// Who receives it and where: from the address book, or new.
fn receiver(tr: Tr, addresses: Vec<AddressView>, bill: Bill, place: ServerAction<PlaceOrder>) -> AnyView {
    let known = addresses.len();
    let chosen = bill.chosen;
    let query = use_query_map();
    // Another address keeps coupon and points.
    let kept = move || {
        let of = |name: &str| query.read().get(name).filter(|text| !text.is_empty()).map(|text| format!("&{name}={}", Url::escape(&text)));
        [of("coupon"), of("points")].into_iter().flatten().collect::<String>()
    };
    let labels: Vec<String> = addresses.iter().map(|address| place_words(&address.ship_to)).collect();
    let book = move || {
        let mut items: Vec<TabItem> = labels
            .iter()
            .enumerate()
            .map(|(at, label)| TabItem::new(format!("?to={at}{}", kept()), label.clone(), chosen.get() == Some(at)))
            .collect();
        items.push(TabItem::new(format!("?to=new{}", kept()), tr.t("checkout.new_address"), chosen.get().is_none()));
        (known > 0).then(|| view! { <Chips items=items label=tr.t("checkout.address_book") /> })
    };
    let typing = Callback::new(move |text: String| bill.typed.set(Some(text.trim().to_owned())));
    let fields = move || {
        let known = chosen.get().and_then(|at| addresses.get(at)).map(|address| &address.ship_to);
        address_fields(tr, known, refused(place), Some(typing), Some(check(tr, "checkout.check")))
    };
    view! {
        <fieldset class="part">
            <h2>{tr.t("checkout.receiver")}</h2>
            {book}
            {fields}
            <Checkbox label=tr.t("checkout.keep_address") name="keep_address" />
        </fieldset>
    }
    .into_any()
}

/// Asks what postcode, coupon and points make of the price where no script can: the page comes back with the answer and with
/// what was typed.
pub(super) fn check(tr: Tr, words: &str) -> AnyView {
    let button = format!(
        r#"<button class="btn btn-s" type="submit" formaction="{}" formnovalidate>{}</button>"#,
        CheckCheckout::url(),
        escape_text(&tr.t(words))
    );
    view! { <noscript inner_html=button></noscript> }.into_any()
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

/// What the place is like where goods are to be put up, and what a visit in vain costs there.
fn site(tr: Tr, call_out: Money, place: ServerAction<PlaceOrder>) -> AnyView {
    let answers = || {
        let choices = SiteAnswer::ALL.iter().map(|answer| Choice::new(answer.slug(), tr.t(&format!("installation.site.answer.{}", answer.slug()))));
        std::iter::once(Choice::new("", tr.t("installation.site.choose"))).chain(choices).collect::<Vec<_>>()
    };
    let questions = ["site_space", "site_power", "site_outdoor", "site_building"]
        .map(|name| {
            view! {
                <Select
                    label=tr.t(&format!("installation.site.ask.{name}"))
                    name=name
                    choices=answers()
                    value=typed(name).unwrap_or_default()
                    error=flaw(tr, refused(place), name)
                    required=true
                />
            }
        })
        .collect_view();
    let cost = (call_out > Money::ZERO).then(|| {
        view! {
            <Notice tone=Tone::Neutral title=tr.with("installation.site.call_out", &[("amount", &tr.won(call_out))]) icon="info">
                <p>{tr.t("installation.site.call_out_text")}</p>
            </Notice>
        }
    });
    view! {
        <fieldset class="part">
            <h2>{tr.t("installation.site.title")}</h2>
            <p class="soft text-s">{tr.t("installation.site.text")}</p>
            {questions}
            {cost}
        </fieldset>
    }
    .into_any()
}

/// When the installer should come; may stay open.
fn visit_wish(tr: Tr, (first, last): (Date, Date), place: ServerAction<PlaceOrder>) -> AnyView {
    let chosen = typed("visit_half").and_then(|slug| Half::from_slug(&slug)).unwrap_or(Half::Morning);
    let halves = Half::ALL
        .iter()
        .map(|half| {
            view! { <RadioCard name="visit_half" value=half.slug() title=tr.t(&format!("installation.half.{}", half.slug())) checked=*half == chosen /> }
        })
        .collect_view();
    view! {
        <fieldset class="part">
            <h2>{tr.t("installation.wish.title")}</h2>
            <p class="soft text-s">{tr.t("installation.wish.text")}</p>
            <Field
                label=tr.t("installation.wish.day")
                name="visit_on"
                r#type="date"
                min=first.to_string()
                max=last.to_string()
                optional_label=tr.t("checkout.optional")
                error=flaw(tr, refused(place), "day")
            />
            <fieldset class="fieldset">
                <legend>{tr.t("installation.wish.half")}</legend>
                <div class="radio-cards radio-cards-2">{halves}</div>
            </fieldset>
        </fieldset>
    }
    .into_any()
}

/// What becomes of units that run out between looking and ordering, said beforehand.
fn if_short(tr: Tr) -> AnyView {
    let choices = [OnShortage::Refuse, OnShortage::Take, OnShortage::Wait]
        .map(|choice| Choice::new(choice.slug(), tr.t(&format!("checkout.on_shortage.{}", choice.slug()))));
    let chosen = typed("on_shortage").unwrap_or_else(|| OnShortage::Refuse.slug().to_owned());
    view! {
        <fieldset class="part">
            <h2>{tr.t("checkout.on_shortage.title")}</h2>
            <Select
                label=tr.t("checkout.on_shortage.label")
                name="on_shortage"
                choices=choices.to_vec()
                value=chosen
                hide_label=true
                hint=tr.t("checkout.on_shortage.hint")
            />
        </fieldset>
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
            <div class="prose text-s soft">
                <ul>{terms}</ul>
            </div>
            <Checkbox label=tr.t("checkout.agree") name="agree" required=true error=flaw(tr, refused(place), "agree") />
        </fieldset>
    }
    .into_any()
}

fn summary_line(tr: Tr, line: &CartLine) -> AnyView {
    let sum = line.unit_price.times(line.quantity).unwrap_or_default();
    let note = format!("{} · {}", tr.of(&line.option), tr.with("checkout.units", &[("n", &line.quantity.to_string())]));
    let with_installation = installed(tr, line).map(|words| {
        view! {
            <span class="installed">
                <Icon name="wrench" />
                {words}
            </span>
        }
    });
    view! {
        <div class="summary-line">
            <span class="line-pic">
                <img src=picture(&line.drawing) alt="" width="800" height="600" />
            </span>
            <span>{tr.of(&line.title)} <br /> <span class="muted">{note}</span> {with_installation} {pre_order(tr, line.ship_by)}</span>
            <Won amount=sum.0 lang=tr.0.code() />
        </div>
    }
    .into_any()
}

/// What is ordered and the whole price table, before the button.
fn summary(tr: Tr, view: &CheckoutView, bill: Bill, place: ServerAction<PlaceOrder>) -> AnyView {
    let group = &view.group;
    let lines = group.lines.iter().map(|line| summary_line(tr, line)).collect_view();
    let lang = tr.0.code();
    let anywhere = group.amounts;
    let amounts = move || bill.quote.get().and_then(|quote| quote.amounts).or(anywhere);
    let table = move || {
        amounts().map(|amounts| {
            view! {
                <PriceTable
                    rows=price_rows(tr, &amounts)
                    total_label=tr.t("price.payable")
                    total=amounts.payable().0
                    caption=tr.t("price.title")
                    lang=lang
                />
            }
        })
    };
    let island = tr.with("checkout.island", &[("fee", &tr.won(view.island_fee))]);
    let island = move || bill.quote.get().is_none().then(|| view! { <p class="summary-terms">{island.clone()}</p> });
    let nowhere = move || {
        bill.quote.get().is_some_and(|quote| quote.undeliverable).then(|| {
            let (title, text) = told(tr, &Refusal::Undeliverable { postcode: bill.postcode.get() });
            view! {
                <Notice tone=Tone::Trouble title=title>
                    <p>{text}</p>
                </Notice>
            }
        })
    };
    let problem = group.problem.clone();
    let order = move || match (&problem, anywhere) {
        (None, Some(_)) => {
            let pending = place.pending();
            let payable = move || amounts().map(|amounts| view! { <Won amount=amounts.payable().0 lang=lang /> });
            view! {
                <Button kind=ButtonKind::Primary class="btn-l btn-wide" disabled=pending>
                    {tr.t("checkout.place")}
                    " · "
                    {payable}
                </Button>
            }
            .into_any()
        }
        (problem, _) => {
            let (title, text) = problem.as_ref().map(|refusal| told(tr, refusal)).unwrap_or_default();
            view! {
                <Notice tone=Tone::Waiting title=title>
                    <p>{text}</p>
                </Notice>
                <LinkButton href="/cart" kind=ButtonKind::Primary class="btn-l btn-wide">
                    {tr.t("checkout.to_cart")}
                </LinkButton>
            }
            .into_any()
        }
    };
    let (known, said) = (view.group.clone(), refused(place));
    let short = Memo::new(move |_| Short::of(tr, &known, said.get().as_ref()));
    let instead = Instead::of(view, short);
    let onward = move || match short.get() {
        Some(short) => what_now(tr, &short, instead, place),
        None => order(),
    };
    view! {
        <aside class="summary">
            <h2>{tr.t("checkout.goods")}</h2>
            {lines}
            {table}
            {island}
            {nowhere}
            {onward}
        </aside>
    }
    .into_any()
}

/// The line that is short of units.
#[derive(Clone, PartialEq, Eq)]
struct Short {
    product: ProductId,
    title: String,
    asked: u32,
    available: u32,
    /// There is something that can be ordered at once.
    something: bool,
}

impl Short {
    /// As placing was refused, or as the basket already shows.
    fn of(tr: Tr, group: &CartGroup, said: Option<&Refusal>) -> Option<Self> {
        let (variant, asked, available) = match said.or(group.problem.as_ref()) {
            Some(Refusal::OutOfStock { variant, asked, available }) => (variant, *asked, *available),
            _ => return None,
        };
        let line = group.lines.iter().find(|line| line.variant == *variant)?;
        let something = available > 0 || group.lines.iter().any(|other| other.variant != *variant && other.available > 0);
        Some(Self { product: line.product.clone(), title: tr.of(&line.title), asked, available, something })
    }
}

/// What could be ordered instead. The server knows when the page is drawn; what runs out later is asked for then.
#[derive(Clone, Copy)]
struct Instead {
    drawn: StoredValue<Vec<ProductCard>>,
    asked: Action<ProductId, Vec<ProductCard>>,
}

impl Instead {
    fn of(view: &CheckoutView, short: Memo<Option<Short>>) -> Self {
        let drawn = StoredValue::new(view.substitutes.clone());
        let asked = Action::new(|id: &ProductId| {
            let id = id.to_string();
            async move {
                let similar = product(id).await.map(|view| view.similar).unwrap_or_default();
                similar.into_iter().filter(|card| card.available > 0).collect()
            }
        });
        Effect::new(move |_| {
            if let Some(short) = short.get().filter(|_| drawn.with_value(Vec::is_empty)) {
                asked.dispatch(short.product);
            }
        });
        Self { drawn, asked }
    }

    fn cards(self) -> Vec<ProductCard> {
        self.asked.value().get().unwrap_or_else(|| self.drawn.get_value())
    }
}

/// Stands where the button was: which line is short, and what can be done about it.
fn what_now(tr: Tr, short: &Short, instead: Instead, place: ServerAction<PlaceOrder>) -> AnyView {
    let (asked, available) = (short.asked.to_string(), short.available.to_string());
    let text = tr.with("checkout.short.text", &[("asked", &asked), ("available", &available)]);
    let pending = place.pending();
    let take = short.something.then(|| {
        let key = if short.available > 0 { "checkout.short.take_text" } else { "checkout.short.leave_text" };
        view! {
            <li>
                <Button kind=ButtonKind::Primary icon="package-check" name="missing" value="take" class="btn-wide" disabled=pending>
                    {tr.t("checkout.short.take")}
                </Button>
                <p class="hint">{tr.with(key, &[("title", &short.title), ("available", &available)])}</p>
            </li>
        }
    });
    let instead = move || {
        let cards = instead.cards();
        (!cards.is_empty()).then(|| {
            let cards = cards.iter().map(|card| substitute(tr, card)).collect_view();
            view! {
                <section class="stack stack-s">
                    <h3>{tr.t("checkout.short.instead")}</h3>
                    <ul class="substitutes">{cards}</ul>
                </section>
            }
        })
    };
    view! {
        <Notice tone=Tone::Trouble title=tr.with("checkout.short.title", &[("title", &short.title)])>
            <p>{text}</p>
        </Notice>
        // Enter in a field asks again as before and decides nothing.
        <button class="quiet-submit" type="submit" tabindex="-1" aria-hidden="true"></button>
        <ul class="gap-answers">
            {take} <li>
                <Button icon="clock" name="missing" value="wait" class="btn-wide" disabled=pending>
                    {tr.t("checkout.short.wait")}
                </Button>
                <p class="hint">{tr.t("checkout.short.wait_text")}</p>
            </li> <li>
                <LinkButton href="/cart" icon="cart" class="btn-wide">
                    {tr.t("checkout.to_cart")}
                </LinkButton>
                <p class="hint">{tr.t("checkout.short.cart_text")}</p>
            </li>
        </ul>
        {instead}
    }
    .into_any()
}

fn substitute(tr: Tr, card: &ProductCard) -> AnyView {
    view! {
        <li class="summary-line">
            <span class="line-pic">
                <img src=picture(&card.drawing) alt="" width="800" height="600" loading="lazy" />
            </span>
            <a class="link" href=format!("/products/{}", card.id)>
                {tr.of(&card.name)}
            </a>
            <Won amount=card.price.0 lang=tr.0.code() />
        </li>
    }
    .into_any()
}
