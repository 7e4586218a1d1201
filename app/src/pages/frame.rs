//! The frame around pages: the shop's head and foot, the console's slim head, and nothing around the sign-in pages.

use crate::{
    api::account::{SetLocale, SignOut, who},
    components::{Icon, filled},
    i18n::{Tr, use_tr},
    load::{Loaded, load},
};
use jumun::{catalogue::Category, text::Locale, view::Visitor};
use leptos::{html::Details, prelude::*, server_fn::ServerFn};
use leptos_meta::{Meta, Title};
use leptos_router::{
    components::{Form, Outlet},
    hooks::{use_location, use_query_map},
};

/// Who looks: asked once for the frame and the pages in it, and again after every step.
#[derive(Clone, Copy)]
pub struct Visit(pub Loaded<Visitor>);

/// Who looks at this page.
pub fn use_visit() -> Visit {
    expect_context::<Visit>()
}

/// The name of a page in the browser's tab, and what search engines say of it.
#[component]
pub fn Head(
    /// The page.
    #[prop(into)]
    title: String,
    /// One sentence about it.
    #[prop(into, optional)]
    description: String,
) -> impl IntoView {
    let tr = use_tr();
    let description = filled(description).unwrap_or_else(|| tr.t("frame.tagline"));
    view! {
        <Title text=format!("{title} · {}", tr.t("brand")) />
        <Meta name="description" content=description />
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Shop,
    Console,
    /// One thing at a time, on a phone: a slim head and nothing beside it.
    Work,
    Bare,
}

fn layout_of(path: &str) -> Layout {
    match path.trim_matches('/').split('/').next().unwrap_or_default() {
        "desk" | "admin" => Layout::Console,
        "jobs" => Layout::Work,
        "sign-in" | "sign-up" | "partners" | "join" => Layout::Bare,
        _ => Layout::Shop,
    }
}

/// The frame of every routed page.
#[component]
pub fn Frame() -> impl IntoView {
    view! {
        <Shell>
            <Outlet />
        </Shell>
    }
}

/// The frame around any content. One document has one frame: who goes from the shop to the desk gets a new document, so that
/// neither carries what belongs to the other.
#[component]
pub fn Shell(
    /// The page.
    children: Children,
) -> impl IntoView {
    let tr = use_tr();
    let path = use_location().pathname;
    let visit = Visit(load(move || path.get(), |_| who()));
    provide_context(visit);
    let layout = path.with_untracked(|path| layout_of(path));
    let here = here();
    Effect::new(move |_| {
        if path.with(|path| layout_of(path)) != layout {
            // Nothing is lost when the browser will not: the page stands in the other frame.
            location().set_href(&here.get_untracked()).unwrap_or_default();
        }
    });
    // The front page reaches the edges; every other page stands in the middle.
    let width = move || if path.with(|path| path == "/") { "" } else { "wrap main" };
    let skip = view! {
        <a class="skip-link" href="#main" rel="external">
            {tr.t("frame.skip")}
        </a>
    };
    match layout {
        Layout::Shop => view! {
            <div class="shell">
                {skip} <ShopHead visit=visit /> <main id="main" tabindex="-1">
                    <div class=width>{children()}</div>
                </main> <Foot visit=visit />
            </div>
        }
        .into_any(),
        Layout::Console => view! { <div class="console console-shell">{skip} <ConsoleHead visit=visit /> {children()}</div> }.into_any(),
        Layout::Work => view! {
            <div class="shell">
                {skip} <ConsoleHead visit=visit /> <main id="main" tabindex="-1">
                    <div class=width>{children()}</div>
                </main>
            </div>
        }
        .into_any(),
        Layout::Bare => view! {
            {skip}
            {children()}
        }
        .into_any(),
    }
}

/// Whether this visitor buys: staff and installers have no basket.
fn buys(visitor: &Visitor) -> bool {
    matches!(visitor.role.as_str(), "" | "nobody" | "guest" | "customer")
}

#[component]
fn ShopHead(visit: Visit) -> impl IntoView {
    let tr = use_tr();
    let path = use_location().pathname;
    let query = use_query_map();
    let current = Memo::new(move |_| (path.get() == "/").then(|| query.read().get("category").unwrap_or_default()));
    let typed = Memo::new(move |_| query.read().get("q").unwrap_or_default());
    let entry = move |slug: &'static str, href: String, word: String| {
        let mark = move || (current.get().as_deref() == Some(slug)).then_some("page");
        view! {
            <li>
                <a href=href aria-current=mark>
                    {word}
                </a>
            </li>
        }
    };
    let entries = std::iter::once(entry("", "/".into(), tr.t("frame.all")))
        .chain(Category::ALL.iter().map(|category| {
            let slug = category.slug();
            entry(slug, format!("/?category={slug}"), tr.t(&format!("shop.short.{slug}")))
        }))
        .collect_view();
    view! {
        <header class="shop-head">
            <div class="wrap shop-head-bar">
                <a class="brand-mark" href="/">
                    <Icon name="mark" />
                    {tr.t("brand")}
                </a>
                <Form method="GET" action="/" attr:class="search" attr:role="search">
                    <Icon name="search" />
                    <input
                        class="input"
                        type="search"
                        name="q"
                        value=typed.get_untracked()
                        prop:value=move || typed.get()
                        placeholder=tr.t("frame.search_hint")
                        aria-label=tr.t("frame.search")
                        maxlength="60"
                    />
                </Form>
                <div class="head-tools nowrap">
                    <Transition>{move || Suspend::new(async move { tools(tr, visit.0.await.unwrap_or_default()) })}</Transition>
                </div>
            </div>
            <nav class="shop-nav" aria-label=tr.t("frame.categories")>
                <div class="wrap">
                    <ul>{entries}</ul>
                    <div class="head-aside">
                        <Language />
                    </div>
                </div>
            </nav>
        </header>
    }
}

fn tool(href: &'static str, icon: &'static str, label: String) -> impl IntoView {
    let other = (layout_of(href) != Layout::Shop).then_some("external");
    view! {
        <a class="head-tool" href=href rel=other>
            <Icon name=icon />
            <span class="head-tool-label">{label}</span>
        </a>
    }
}

fn tools(tr: Tr, visitor: Visitor) -> AnyView {
    let known = !matches!(visitor.role.as_str(), "" | "nobody" | "guest");
    let buys = buys(&visitor);
    let orders = buys.then(|| tool("/orders", "package", tr.t("frame.orders")));
    let desk = match visitor.role.as_str() {
        "staff" => Some(tool("/desk", "layers", tr.t("frame.desk"))),
        "installer" => Some(tool("/jobs", "wrench", tr.t("jobs.title"))),
        "admin" => Some(tool("/admin", "shield", tr.t("admin.console"))),
        _ => None,
    };
    let cart = buys.then(|| {
        let units = visitor.cart_units;
        let spoken = (units > 0).then(|| tr.with("frame.cart_units", &[("n", &units.to_string())]));
        let pip = (units > 0).then(|| {
            view! {
                <span class="pip" aria-hidden="true">
                    {units.min(999).to_string()}
                </span>
            }
        });
        view! {
            <a class="head-tool" href="/cart" aria-label=spoken>
                <Icon name="cart" />
                <span class="head-tool-label">{tr.t("frame.cart")}</span>
                {pip}
            </a>
        }
    });
    let account = if known { account_menu(tr, visitor).into_any() } else { tool("/sign-in", "user", tr.t("frame.sign_in")).into_any() };
    view! {
        {orders}
        {desk}
        {cart}
        {account}
    }
    .into_any()
}

/// The menu under the visitor's name.
fn account_menu(tr: Tr, visitor: Visitor) -> impl IntoView {
    let role = tr.t(&format!("role.{}", visitor.role));
    let store = visitor.store.as_ref().map(|store| tr.of(store)).unwrap_or(role);
    let orders = buys(&visitor).then(|| {
        view! {
            <a class="menu-item" href="/orders">
                <Icon name="package" />
                {tr.t("frame.orders")}
            </a>
        }
    });
    let console = |href: &'static str, icon: &'static str, word: String| {
        view! {
            <a class="menu-item" href=href rel="external">
                <Icon name=icon />
                {word}
            </a>
        }
    };
    let desk = match visitor.role.as_str() {
        "staff" => Some(console("/desk", "layers", tr.t("frame.desk"))),
        "installer" => Some(console("/jobs", "wrench", tr.t("jobs.title"))),
        "admin" => Some(console("/admin", "shield", tr.t("admin.console"))),
        _ => None,
    };
    view! {
        <details class="menu" node_ref=closes_on_the_way()>
            <summary class="head-tool">
                <Icon name="user" />
                <span class="head-tool-label">{tr.t("frame.account")}</span>
            </summary>
            <div class="menu-panel">
                <a class="menu-item" href="/me">
                    <Icon name="id-card" />
                    <span>{visitor.name.unwrap_or_default()} <span class="muted text-s">{store}</span></span>
                </a>
                {orders}
                {desk}
                <div class="menu-sep"></div>
                <Leave class="menu-item" />
            </div>
        </details>
    }
}

/// Signs out. The whole page comes anew, so nothing of the session stays in it.
#[component]
pub fn Leave(
    /// Classes of the button.
    #[prop(into, default = "btn".to_owned())]
    class: String,
) -> impl IntoView {
    let tr = use_tr();
    view! {
        <form method="post" action=SignOut::url()>
            <button type="submit" class=class>
                <Icon name="log-out" />
                {tr.t("frame.sign_out")}
            </button>
        </form>
    }
}

/// For a menu of links: it closes when one of them has led on.
pub fn closes_on_the_way() -> NodeRef<Details> {
    let menu = NodeRef::<Details>::new();
    let here = here();
    Effect::new(move |_| {
        here.track();
        if let Some(menu) = menu.get() {
            menu.set_open(false);
        }
    });
    menu
}

/// The path and query of this page, for the way back to it.
pub fn here() -> Signal<String> {
    let location = use_location();
    Signal::derive(move || {
        let path = location.pathname.get();
        let search = location.search.get();
        let kept: Vec<&str> = search
            .trim_start_matches('?')
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("__err=") && !pair.starts_with("__path="))
            .collect();
        if kept.is_empty() { path } else { format!("{path}?{}", kept.join("&")) }
    })
}

/// Changes the language. The whole page comes anew in it.
#[component]
pub fn Language(
    /// Classes of the button.
    #[prop(into, default = "btn btn-quiet btn-s".to_owned())]
    class: String,
) -> impl IntoView {
    let tr = use_tr();
    let other = match tr.0 {
        Locale::Ko => Locale::En,
        Locale::En => Locale::Ko,
    };
    view! {
        <form method="post" action=SetLocale::url()>
            <input type="hidden" name="next" value=here() />
            <input type="hidden" name="locale" value=other.code() />
            <button type="submit" class=class lang=other.code()>
                <Icon name="languages" />
                {tr.t("frame.other_language")}
            </button>
        </form>
    }
}

#[component]
fn Foot(visit: Visit) -> impl IntoView {
    let tr = use_tr();
    let demo = move || {
        Suspend::new(async move {
            let demo = visit.0.await.is_ok_and(|visitor| visitor.demo);
            demo.then(|| view! { <p>{tr.t("frame.demo")}</p> })
        })
    };
    view! {
        <footer class="foot">
            <div class="wrap">
                <a class="brand-mark" href="/">
                    <Icon name="mark" />
                    {tr.t("brand")}
                </a>
                <nav aria-label=tr.t("frame.help")>
                    <ul>
                        <li>
                            <a href="/orders">{tr.t("frame.orders")}</a>
                        </li>
                        <li>
                            <a href="/find">{tr.t("frame.find")}</a>
                        </li>
                        <li>
                            <a href="/cart">{tr.t("frame.cart")}</a>
                        </li>
                        <li>
                            <a href="/sign-in" rel="external">
                                {tr.t("frame.sign_in")}
                            </a>
                        </li>
                    </ul>
                </nav>
                <div class="only-narrow">
                    <Language class="btn btn-s" />
                </div>
                <Transition>{demo}</Transition>
            </div>
        </footer>
    }
}

#[component]
fn ConsoleHead(visit: Visit) -> impl IntoView {
    let tr = use_tr();
    let path = use_location().pathname;
    let home = move || path.with(|path| ["/admin", "/jobs"].into_iter().find(|home| path.starts_with(home)).unwrap_or("/desk"));
    let chair = move || {
        Suspend::new(async move {
            let visitor = visit.0.await.unwrap_or_default();
            let store = visitor.store.map(|store| tr.of(&store)).or_else(|| (visitor.role == "admin").then(|| tr.t("admin.console")));
            let store = store.or_else(|| (visitor.role == "installer").then(|| tr.t("role.installer")));
            store.map(|store| {
                view! {
                    <span class="chair">
                        <span class="clip">{store}</span>
                    </span>
                }
            })
        })
    };
    let leave = move || {
        Suspend::new(async move {
            let name = visit.0.await.ok().and_then(|visitor| visitor.name);
            name.map(|name| {
                view! {
                    <span class="soft only-wide">{name}</span>
                    <Leave class="btn btn-quiet btn-s" />
                }
            })
        })
    };
    view! {
        <header class="console-head">
            <a class="brand-mark" href=home aria-label=tr.t("brand")>
                <Icon name="mark" />
                <span class="only-wide">{tr.t("brand")}</span>
            </a>
            <Transition>{chair}</Transition>
            <div class="head-tools nowrap">
                <Language />
                <Transition>{leave}</Transition>
            </div>
        </header>
    }
}
