//! How an installer works: what he knows and for how much, where, how much of it in a day, and when not.

use super::{Way, ways};
use crate::{
    api::installers::{GiveUpDayOff, SetProfile, TakeDayOff, profile},
    components::{Button, ButtonKind, Card, Field, Notice, Skeleton, Tone},
    error::Refused,
    i18n::{Tr, use_tr},
    load::load,
    pages::{
        admin::console::after,
        errors::{Problem, Said, flaw, refused},
        frame::Head,
        order_parts::calendar,
    },
};
use jumun::{
    installer::{FURTHEST_DAY_OFF, MOST_JOBS, Profile, Skill},
    text::AreaPrefix,
    time::Date,
    view::ProfileView,
};
use leptos::prelude::*;

#[derive(Clone, Copy)]
struct Pens {
    set: ServerAction<SetProfile>,
    take: ServerAction<TakeDayOff>,
    give_up: ServerAction<GiveUpDayOff>,
}

/// `/jobs/me`
#[component]
pub fn OwnTerms() -> impl IntoView {
    let tr = use_tr();
    let pens = Pens { set: ServerAction::new(), take: ServerAction::new(), give_up: ServerAction::new() };
    // Two readings: what he is writing stays when a day off comes or goes, or when it was refused.
    let (calendar, own) = (load(|| (), |()| profile()), load(|| (), |()| profile()));
    after(pens.take, move || calendar.refetch());
    after(pens.give_up, move || calendar.refetch());
    Effect::new(move |_| {
        if matches!(pens.set.value().get(), Some(Ok(()))) {
            calendar.refetch();
            own.refetch();
        }
    });
    let days = move || {
        calendar.get().map(|found| match found {
            Ok(view) => days(tr, &view, pens),
            Err(Refused(refusal)) => view! { <Problem refusal=refusal /> }.into_any(),
        })
    };
    let form = move || own.get().and_then(Result::ok).map(|view| terms(tr, &view.profile, pens));
    let saved = move || matches!(pens.set.value().get(), Some(Ok(()))).then(|| view! { <Notice tone=Tone::Done title=tr.t("installer.saved") /> });
    view! {
        <Head title=tr.t("installer.title") />
        <div class="jobs stack">
            {ways(tr, Way::Me)} <h1>{tr.t("installer.title")}</h1> <div aria-live="polite" class="stack">
                {saved}
                <Said refusal=refused(pens.set) />
                <Said refusal=refused(pens.take) />
                <Said refusal=refused(pens.give_up) />
            </div> <Transition fallback=move || view! { <Skeleton lines=8 label=tr.t("installer.title") /> }>{days}</Transition>
            <Transition>{form}</Transition>
        </div>
    }
}

fn days(tr: Tr, view: &ProfileView, pens: Pens) -> AnyView {
    let parts = (calendar(tr, &view.days, view.profile.jobs_per_day), days_off(tr, view, pens), day_off(tr, view.today, pens));
    view! {
        <Card title=tr.t("installer.days") icon="calendar">
            <div class="stack stack-s">{parts}</div>
        </Card>
    }
    .into_any()
}

/// Days that he took off, each with the way back.
fn days_off(tr: Tr, view: &ProfileView, pens: Pens) -> AnyView {
    if view.off.is_empty() {
        return view! { <p class="soft">{tr.t("installer.no_days_off")}</p> }.into_any();
    }
    let busy = Signal::from(pens.give_up.pending());
    let one = |on: &Date| {
        let words = tr.with("installer.day", &[("year", &on.year.to_string()), ("day", &tr.day(*on))]);
        let label = tr.with("installer.give_up_label", &[("day", &words)]);
        let on = on.to_string();
        view! {
            <li class="job-line">
                <span>{words}</span>
                <ActionForm action=pens.give_up>
                    <input type="hidden" name="on" value=on />
                    <Button class="btn-s" disabled=busy>
                        <span aria-hidden="true">{tr.t("installer.give_up")}</span>
                        <span class="visually-hidden">{label}</span>
                    </Button>
                </ActionForm>
            </li>
        }
    };
    view! {
        <section class="stack stack-s" aria-labelledby="days-off">
            <h3 id="days-off">{tr.t("installer.days_off")}</h3>
            <ul class="job-lines">{view.off.iter().map(one).collect_view()}</ul>
        </section>
    }
    .into_any()
}

fn day_off(tr: Tr, today: Date, pens: Pens) -> AnyView {
    let busy = pens.take.pending();
    let last = Date::from_days(today.days() + FURTHEST_DAY_OFF);
    view! {
        <ActionForm action=pens.take attr:class="stack stack-s">
            <Field
                label=tr.t("field.day_off")
                name="on"
                id="day-off"
                r#type="date"
                min=today.to_string()
                max=last.to_string()
                hint=tr.t("installer.day_off_hint")
                error=flaw(tr, refused(pens.take), "day_off")
                required=true
            />
            <div>
                <Button icon="plus" disabled=busy>
                    {tr.t("installer.take")}
                </Button>
            </div>
        </ActionForm>
    }
    .into_any()
}

fn terms(tr: Tr, own: &Profile, pens: Pens) -> AnyView {
    let said = refused(pens.set);
    let busy = pens.set.pending();
    let skills = Skill::categories()
        .map(|category| {
            let known = own.skills.iter().find(|skill| skill.category == category);
            let name = tr.t(&format!("category.{}", category.slug()));
            let price = |way: &'static str, price: Option<jumun::money::Won>| {
                view! {
                    <Field
                        label=tr.t(&format!("installer.{way}"))
                        name=format!("{way}[{}]", category.slug())
                        id=format!("{way}-{}", category.slug())
                        inputmode="numeric"
                        value=price.map(|price| price.0.to_string()).unwrap_or_default()
                        maxlength=12
                    />
                }
            };
            view! {
                <fieldset class="skill">
                    <legend class="strong">{name}</legend>
                    {price("put_up", known.map(|skill| skill.put_up))}
                    {price("take_down", known.map(|skill| skill.take_down))}
                </fieldset>
            }
        })
        .collect_view();
    let (phone, postcode) = (own.phone.to_string(), own.postcode.to_string());
    let (jobs, call_out) = (own.jobs_per_day.to_string(), own.call_out.0.to_string());
    let areas = own.areas.iter().map(AreaPrefix::as_str).collect::<Vec<_>>().join(", ");
    view! {
        <Card title=tr.t("installer.terms") icon="wrench">
            <ActionForm action=pens.set attr:class="form">
                <p class="soft">{tr.t("installer.from_now_on")}</p>
                <Field
                    label=tr.t("field.phone")
                    name="phone"
                    r#type="tel"
                    autocomplete="tel"
                    value=phone
                    error=flaw(tr, said, "phone")
                    required=true
                    maxlength=20
                />
                <div class="form-row">
                    <Field
                        label=tr.t("installer.postcode")
                        name="postcode"
                        inputmode="numeric"
                        autocomplete="postal-code"
                        value=postcode
                        error=flaw(tr, said, "postcode")
                        required=true
                        maxlength=5
                    />
                    <Field
                        label=tr.t("field.jobs_per_day")
                        name="jobs_per_day"
                        r#type="number"
                        inputmode="numeric"
                        min="1"
                        max=MOST_JOBS.to_string()
                        value=jobs
                        error=flaw(tr, said, "jobs_per_day")
                        required=true
                    />
                </div>
                <Field
                    label=tr.t("field.areas")
                    name="areas"
                    inputmode="text"
                    value=areas
                    hint=tr.t("installer.areas_hint")
                    error=flaw(tr, said, "areas")
                    required=true
                />
                <section class="stack stack-s" aria-labelledby="skills">
                    <h3 id="skills">{tr.t("field.skills")}</h3>
                    <p class="soft">{tr.t("installer.skills_about")}</p>
                    {skills}
                </section>
                <Field
                    label=tr.t("field.call_out")
                    name="call_out"
                    inputmode="numeric"
                    value=call_out
                    hint=tr.t("installer.call_out_hint")
                    error=flaw(tr, said, "call_out")
                    required=true
                    maxlength=12
                />
                <Button kind=ButtonKind::Primary class="btn-l btn-wide" icon="check" disabled=busy>
                    {tr.t("installer.save")}
                </Button>
            </ActionForm>
        </Card>
    }
    .into_any()
}
