//! What an installer does on his phone, kept until it has arrived: each step once and in order, whatever becomes of the connection.
//!
//! A step's form is a plain one. With scripts its body is kept in the browser before it is sent, under a key that the server answers
//! the same way however often it comes; a step whose answer was lost is sent again and happens once.

use crate::{
    api::account::who,
    components::{Button, ButtonKind, Confirm, Icon, classes},
    i18n::{Tr, use_tr},
    pages::{errors::told, frame::use_visit},
};
use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use jumun::{
    ids::AccountId,
    refusal::{PictureFlaw, Refusal},
    time::Time,
};
use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local};
use serde::{Deserialize, Serialize};
use std::{cell::Cell, collections::BTreeSet, rc::Rc, time::Duration};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{AbortController, FormData, Headers, HtmlFormElement, RequestInit, Response, SubmitEvent, UrlSearchParams};

/// The step that brings a photo of the work.
pub const BRING: &str = "bring-photo";
/// The step that takes one back.
pub const FORGET: &str = "forget-photo";

/// Something that was done and has not arrived yet, or was refused when it did.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// Who did it: nobody else sees or sends it.
    account: AccountId,
    /// What makes it happen once.
    key: String,
    /// Where it is sent.
    url: String,
    /// The content type of its body.
    kind: String,
    /// The number of the order that it is about.
    pub number: String,
    /// What it is: the name of a command, [`BRING`] or [`FORGET`].
    pub step: String,
    /// Since when, by the phone's clock.
    since: Time,
    /// Why it was not taken.
    refused: Option<Refusal>,
}

impl Kept {
    /// Where it lies in the browser's store. These addresses sort as the steps were done.
    fn place(&self) -> String {
        format!("/outbox/{:020}-{}", self.since.0, self.key)
    }

    fn words(&self, tr: Tr) -> String {
        let of = if matches!(self.step.as_str(), BRING | FORGET) { "outbox.step" } else { "command" };
        tr.t(&format!("{of}.{}", self.step))
    }
}

/// What is kept, and how it is sent.
#[derive(Clone, Copy)]
pub struct Outbox {
    account: RwSignal<Option<AccountId>>,
    /// Everything of this account, in order.
    kept: RwSignal<Vec<Kept>>,
    /// The key of what was just pressed and has not been answered: until then it is no more than a press.
    pressed: RwSignal<Option<String>>,
    /// Why what was just pressed was not taken.
    refusal: RwSignal<Option<Refusal>>,
    /// What has arrived and the page may not have heard of yet: orders with their steps.
    arrived: RwSignal<Vec<(String, String)>>,
    /// How many answers there were.
    answered: RwSignal<usize>,
    /// Somebody else is signed in by now, or nobody.
    away: RwSignal<bool>,
    /// Something is kept in this tab only.
    fleeting: RwSignal<bool>,
    turn: StoredValue<Turn>,
    next_try: StoredValue<Option<TimeoutHandle>>,
}

/// Whether this tab is sending, whether it shall look again, and how many seconds it waits for the next try.
#[derive(Clone, Copy)]
struct Turn {
    busy: bool,
    again: bool,
    pause: u64,
}

/// Seconds until the first retry, and at most.
const PAUSES: (u64, u64) = (5, 60);

/// The outbox of whoever looks at this page. What waits is sent at once, when the browser says that it is online or shows the page
/// again, and after a while.
pub fn use_outbox() -> Outbox {
    let outbox = Outbox {
        account: RwSignal::new(None),
        kept: RwSignal::new(Vec::new()),
        pressed: RwSignal::new(None),
        refusal: RwSignal::new(None),
        arrived: RwSignal::new(Vec::new()),
        answered: RwSignal::new(0),
        away: RwSignal::new(false),
        fleeting: RwSignal::new(false),
        turn: StoredValue::new(Turn { busy: false, again: false, pause: PAUSES.0 }),
        next_try: StoredValue::new(None),
    };
    let visit = use_visit();
    Effect::new(move |_| {
        // While nobody answers it is still he.
        if let Some(Ok(visitor)) = visit.0.get() {
            outbox.account.set(visitor.account);
            outbox.send();
        }
    });
    Effect::new(move |_| {
        let online = window_event_listener(ev::online, move |_| outbox.send());
        let shown = window_event_listener_untyped("visibilitychange", move |_| {
            if !document().hidden() {
                outbox.send();
            }
        });
        on_cleanup(move || {
            online.remove();
            shown.remove();
            outbox.next_try.try_update_value(|next| next.take().inspect(TimeoutHandle::clear));
        });
    });
    outbox
}

impl Outbox {
    /// What waits to be sent: what was pressed a moment ago is not waiting yet.
    pub fn waiting(self) -> Vec<Kept> {
        let pressed = self.pressed.get();
        self.kept.get().into_iter().filter(|step| Some(&step.key) != pressed.as_ref()).collect()
    }

    /// The steps of an order that wait and nobody has refused.
    pub fn waiting_of(self, number: &str) -> Vec<String> {
        self.waiting().into_iter().filter(|step| step.number == number && step.refused.is_none()).map(|step| step.step).collect()
    }

    /// The steps of an order that its page goes on from: those that wait, and before them those that have arrived and that it may not
    /// have heard of.
    pub fn ahead_of(self, number: &str) -> Vec<String> {
        let arrived = self.arrived.get().into_iter().filter(|(of, _)| of == number).map(|(_, step)| step);
        arrived.chain(self.waiting_of(number)).collect()
    }

    /// The order has moved on: its page knows what has arrived, and what was refused before is over.
    pub fn caught_up(self) {
        self.refusal.set(None);
        if !self.turn.with_value(|turn| turn.busy) {
            self.arrived.update(Vec::clear);
        }
    }

    /// Whether something is being sent that was just pressed.
    pub fn sending(self) -> Signal<bool> {
        Signal::derive(move || self.pressed.read().is_some())
    }

    /// Whether that is this step.
    pub fn sends(self, step: &str) -> bool {
        let pressed = self.pressed.get();
        pressed.is_some() && self.kept.read().iter().any(|kept| Some(&kept.key) == pressed.as_ref() && kept.step == step)
    }

    /// Why what was pressed last was not taken.
    pub fn refusal(self) -> Signal<Option<Refusal>> {
        self.refusal.into()
    }

    /// How many answers there were: the page looks again after each.
    pub fn answered(self) -> usize {
        self.answered.get()
    }

    /// Takes the form's place: keeps what it holds, and sends it.
    fn take(self, event: &SubmitEvent, number: &str, step: &str) {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        // Where it is not known yet who he is, the form goes by itself.
        let (Some(account), Some(form)) = (self.account.get_untracked(), form) else { return };
        event.prevent_default();
        if self.pressed.read_untracked().is_some() {
            return;
        }
        self.refusal.set(None);
        let (last, now) = (self.kept.read_untracked().last().map(|step| step.since.0), phone_time().0);
        let step = Kept {
            account,
            key: fresh_key(),
            url: form.get_attribute("action").unwrap_or_default(),
            kind: String::new(),
            number: number.to_owned(),
            step: step.to_owned(),
            since: Time(last.map_or(now, |last| now.max(last + 1))),
            refused: None,
        };
        self.pressed.set(Some(step.key.clone()));
        spawn_local(async move {
            let packed = pack(&form).await.unwrap_or(Err(Refusal::Broken));
            let (kind, body) = match packed {
                Ok(packed) => packed,
                Err(refusal) => {
                    self.pressed.try_set(None);
                    self.refusal.try_set(Some(refusal));
                    return;
                }
            };
            let step = Kept { kind, ..step };
            let lasts = store::keep(&step, &body).await;
            // What stands behind another step waits with it.
            if self.kept.try_with_untracked(Vec::is_empty) == Some(false) {
                self.pressed.try_set(None);
            }
            self.fleeting.try_update(|fleeting| *fleeting |= !lasts);
            self.kept.try_update(|kept| kept.push(step));
            self.send();
        });
    }

    /// Sends what waits, now.
    fn send(self) {
        self.turn.try_update_value(|turn| turn.pause = PAUSES.0);
        spawn_local(self.send_all());
    }

    async fn send_all(self) {
        // One at a time; who comes meanwhile has it looked at once more.
        let begins = self.turn.try_update_value(|turn| {
            let begins = !turn.busy;
            (turn.busy, turn.again) = (true, !begins);
            begins
        });
        if begins != Some(true) {
            return;
        }
        loop {
            let stuck = Rc::new(Cell::new(false));
            let found = stuck.clone();
            alone(async move { found.set(self.round().await) }).await;
            let again = self.turn.try_update_value(|turn| {
                let again = std::mem::take(&mut turn.again);
                turn.busy = again;
                again
            });
            if again == Some(true) {
                continue;
            }
            if stuck.get() {
                self.try_later();
            }
            return;
        }
    }

    /// Sends everything once, and answers whether somebody could not be reached.
    async fn round(self) -> bool {
        let Some(account) = self.account.try_get_untracked().flatten() else { return false };
        let steps = store::all(account).await;
        self.kept.try_set(steps.clone());
        let pressed = self.pressed.try_get_untracked().flatten();
        // What was done before is sent only while it is he who is signed in; what he has just pressed, as any form.
        if steps.iter().any(|step| step.refused.is_none() && Some(&step.key) != pressed.as_ref()) {
            match who().await {
                Ok(visitor) => {
                    let away = visitor.account != Some(account);
                    self.away.try_set(away);
                    if away {
                        self.pressed.try_set(None);
                        return true;
                    }
                }
                Err(_) => {
                    self.pressed.try_set(None);
                    return true;
                }
            }
        }
        let mut stopped = BTreeSet::new();
        for step in steps {
            if step.refused.is_some() {
                stopped.insert(step.number);
                continue;
            }
            if stopped.contains(&step.number) {
                continue;
            }
            let Some(body) = store::body(&step).await else {
                // Another tab has sent it.
                self.is_over(&step).await;
                continue;
            };
            match send(&step, &body).await {
                Sent::Later => {
                    self.pressed.try_set(None);
                    return true;
                }
                Sent::Refused(refusal) if Some(&step.key) != pressed.as_ref() => {
                    stopped.insert(step.number.clone());
                    let told = Kept { refused: Some(refusal), ..step };
                    store::change(&told).await;
                    self.kept.try_update(|kept| kept.iter_mut().filter(|step| step.key == told.key).for_each(|step| *step = told.clone()));
                }
                Sent::Refused(refusal) => {
                    self.is_over(&step).await;
                    self.refusal.try_set(Some(refusal));
                }
                Sent::Done => {
                    self.is_over(&step).await;
                    self.arrived.try_update(|arrived| arrived.push((step.number, step.step)));
                    self.turn.try_update_value(|turn| turn.pause = PAUSES.0);
                }
            }
            self.answered.try_update(|answered| *answered += 1);
        }
        false
    }

    async fn is_over(self, step: &Kept) {
        store::forget(step).await;
        self.kept.try_update(|kept| kept.retain(|other| other.key != step.key));
        self.pressed.try_update(|pressed| {
            pressed.take_if(|key| *key == step.key);
        });
    }

    fn try_later(self) {
        let Some(Turn { pause, .. }) = self.turn.try_get_value() else { return };
        self.turn.try_update_value(|turn| turn.pause = (pause * 2).min(PAUSES.1));
        let next = set_timeout_with_handle(move || spawn_local(self.send_all()), Duration::from_secs(pause)).ok();
        self.next_try.try_update_value(|old| {
            if let Some(old) = std::mem::replace(old, next) {
                old.clear();
            }
        });
    }

    /// Leaves a step out.
    fn drop_step(self, step: Kept) {
        spawn_local(async move {
            let gone = step.clone();
            // Not while it is on its way.
            alone(async move { store::forget(&gone).await }).await;
            self.kept.try_update(|kept| kept.retain(|other| other.key != step.key));
            self.send();
        });
    }

    /// Sends a step that was refused once more.
    fn send_again(self, step: Kept) {
        spawn_local(async move {
            let step = Kept { refused: None, ..step };
            store::change(&step).await;
            self.send();
        });
    }
}

/// A form of one step.
#[component]
pub fn Step(
    /// The outbox that takes what it holds.
    outbox: Outbox,
    /// Where it goes without scripts, and in the end.
    #[prop(into)]
    url: String,
    /// The number of the order.
    #[prop(into)]
    number: String,
    /// What it does, as [`Kept::step`] says it.
    step: &'static str,
    /// It brings a file.
    #[prop(optional)]
    file: bool,
    /// Extra classes.
    #[prop(optional)]
    class: &'static str,
    /// Its fields.
    children: Children,
) -> impl IntoView {
    let class = (!class.is_empty()).then_some(class);
    let kind = file.then_some("multipart/form-data");
    view! {
        <form method="post" action=url enctype=kind class=class on:submit=move |event| outbox.take(&event, &number, step)>
            {children()}
        </form>
    }
}

/// Says how many steps wait, which and since when; each can be left out. Nothing where none waits.
#[component]
pub fn Waiting(
    /// Where they wait.
    outbox: Outbox,
    /// The number of the order that the page is about.
    #[prop(into, optional)]
    here: String,
) -> impl IntoView {
    let tr = use_tr();
    let shown = move || {
        let steps = outbox.waiting();
        (!steps.is_empty()).then(|| bar(tr, outbox, &here, &steps))
    };
    view! {
        <div class="outbox-place" aria-live="polite">
            {shown}
        </div>
    }
}

fn bar(tr: Tr, outbox: Outbox, here: &str, steps: &[Kept]) -> AnyView {
    let refused = steps.iter().any(|step| step.refused.is_some());
    let (tone, icon) = if refused { ("tone-trouble", "alert-circle") } else { ("tone-waiting", "wifi-off") };
    let count = steps.len().to_string();
    let title = move || {
        let key = if refused { "outbox.stopped" } else { "outbox.title" };
        tr.with(if outbox.away.get() { "outbox.away" } else { key }, &[("n", &count)])
    };
    let fleeting = move || outbox.fleeting.get().then(|| view! { <p class="soft">{tr.t("outbox.fleeting")}</p> });
    let rows = steps.iter().map(|step| row(tr, outbox, here, step)).collect_view();
    view! {
        <section class=classes(["outbox", tone]) aria-label=tr.t("outbox.label")>
            <p class="outbox-title">
                <Icon name=icon />
                <span>{title}</span>
            </p>
            <p class="soft">{tr.t("outbox.text")}</p>
            {fleeting}
            <ul class="outbox-steps">{rows}</ul>
            <button type="button" class="btn btn-wide" on:click=move |_| outbox.send()>
                {tr.t("outbox.now")}
            </button>
        </section>
    }
    .into_any()
}

fn row(tr: Tr, outbox: Outbox, here: &str, step: &Kept) -> AnyView {
    let (dropped, again) = (step.clone(), step.clone());
    let (hour, minute, _) = step.since.kst_clock();
    let today = step.since.kst_date() == phone_time().kst_date();
    let at = if today { format!("{hour:02}:{minute:02}") } else { step.since.kst_minute() };
    let since = tr.with("outbox.since", &[("at", &at)]);
    let elsewhere = (step.number != here).then(|| view! { <a href=format!("/jobs/{}", step.number)>{step.number.clone()}</a> });
    let why = step.refused.as_ref().map(|refusal| {
        let (happened, rest) = told(tr, refusal);
        view! {
            <p class="outbox-why" role="alert">
                <strong>{tr.with("outbox.refused", &[("why", &happened)])}</strong>
                " "
                {rest}
            </p>
            <button type="button" class="btn btn-s" on:click=move |_| outbox.send_again(again.clone())>
                {tr.t("outbox.again")}
            </button>
        }
    });
    view! {
        <li class="outbox-step">
            <p>
                <strong>{step.words(tr)}</strong>
                " "
                {elsewhere}
                " "
                <span class="soft nowrap">{since}</span>
            </p>
            {why}
            <Confirm label=tr.t("outbox.drop") kind=ButtonKind::Quiet title=tr.t("outbox.drop_title")>
                <p>{tr.t("outbox.drop_text")}</p>
                <form on:submit=move |event| {
                    event.prevent_default();
                    outbox.drop_step(dropped.clone());
                }>
                    <Button kind=ButtonKind::DangerSolid class="btn-wide">
                        {tr.t("outbox.drop_do")}
                    </Button>
                </form>
            </Confirm>
        </li>
    }
    .into_any()
}

/// What became of a step that was sent.
enum Sent {
    Done,
    /// Nobody answered, or nobody who could say anything about it.
    Later,
    Refused(Refusal),
}

/// Milliseconds that an answer may take, and bytes that are sent in one of them on a poor connection.
const PATIENCE: u32 = 30_000;
const BYTES_A_MILLISECOND: u32 = 20;

async fn send(step: &Kept, body: &Uint8Array) -> Sent {
    let Ok(headers) = Headers::new() else { return Sent::Later };
    let told = [("accept", "application/json"), ("content-type", &step.kind), ("idempotency-key", &step.key)];
    if told.iter().any(|(name, value)| headers.set(name, value).is_err()) {
        return Sent::Refused(Refusal::Broken);
    }
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    request.set_body(body);
    let patience = AbortController::new().ok().and_then(|stop| {
        request.set_signal(Some(&stop.signal()));
        let long = Duration::from_millis((PATIENCE + body.length() / BYTES_A_MILLISECOND).into());
        set_timeout_with_handle(move || stop.abort(), long).ok()
    });
    let answer = JsFuture::from(window().fetch_with_str_and_init(&step.url, &request)).await.map(JsCast::unchecked_into::<Response>);
    let said = match answer {
        Ok(answer) if answer.ok() => Sent::Done,
        Ok(answer) if matches!(answer.status(), 502..=504) => Sent::Later,
        Ok(answer) => {
            let refusal = why(&answer).await;
            let passes = matches!(refusal, Refusal::Busy | Refusal::InProgress | Refusal::RateLimited { .. } | Refusal::SignInRequired);
            // What is to be taken back is not there.
            let gone = refusal == Refusal::NotFound && step.step == FORGET;
            match (passes, gone) {
                (true, _) => Sent::Later,
                (false, true) => Sent::Done,
                (false, false) => Sent::Refused(refusal),
            }
        }
        Err(_) => Sent::Later,
    };
    patience.inspect(TimeoutHandle::clear);
    said
}

/// The refusal that an answer carries.
async fn why(answer: &Response) -> Refusal {
    let Ok(text) = answer.text() else { return Refusal::Broken };
    let text = JsFuture::from(text).await.ok().and_then(|text| text.as_string()).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or(Refusal::Broken)
}

/// What the phone's clock says.
fn phone_time() -> Time {
    Time(js_sys::Date::now() as i64 * 1_000)
}

/// A key that nobody else has.
fn fresh_key() -> String {
    let mut bytes = [0_u8; 16];
    if let Ok(crypto) = window().crypto() {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The body of a form and its content type, as the browser would send it; or what is wrong with its file.
async fn pack(form: &HtmlFormElement) -> Result<Result<(String, Uint8Array), Refusal>, JsValue> {
    let data = FormData::new_with_form(form)?;
    let packed = if form.enctype() == "multipart/form-data" {
        Response::new_with_opt_form_data(Some(&data))?
    } else {
        Response::new_with_opt_url_search_params(Some(&UrlSearchParams::new_with_str_sequence_sequence(&data)?))?
    };
    let kind = packed.headers().get("content-type")?.unwrap_or_default();
    let body = Uint8Array::new(&JsFuture::from(packed.array_buffer()?).await?);
    // It would be refused when he is long gone.
    let fits = body.length() as usize <= PictureFlaw::MOST_BYTES;
    Ok(if fits { Ok((kind, body)) } else { Err(Refusal::PictureRefused { why: PictureFlaw::TooBig }) })
}

/// Does something while no other tab does it, where the browser can see to that. Elsewhere two may send the same step, and the
/// server answers both of them alike.
async fn alone(work: impl Future<Output = ()> + 'static) {
    let part = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok().filter(|found| !found.is_undefined() && !found.is_null());
    let locks = part(&window().navigator(), "locks");
    let request = locks.as_ref().and_then(|locks| part(locks, "request")).and_then(|request| request.dyn_into::<Function>().ok());
    let (Some(locks), Some(request)) = (locks, request) else { return work.await };
    let job = Closure::once_into_js(move |_: JsValue| -> Promise {
        future_to_promise(async move {
            work.await;
            Ok(JsValue::UNDEFINED)
        })
    });
    if let Ok(done) = request.call2(&locks, &"outbox".into(), &job) {
        let _ = JsFuture::from(done.unchecked_into::<Promise>()).await;
    }
}

/// Where steps lie until they are sent: the browser's store of answers, which takes bytes of any kind and outlives the tab. Without it, as
/// on a connection that is not secure, the tab remembers them.
mod store {
    use super::{AccountId, Array, JsCast, JsFuture, JsValue, Kept, Promise, Response, Uint8Array};
    use leptos::prelude::window;
    use std::cell::RefCell;
    use web_sys::{Cache, Headers, Request, ResponseInit};

    /// The store's name, and the header that says what a body is.
    const NAME: &str = "outbox";
    const TOLD: &str = "x-step";

    thread_local! {
        static HERE: RefCell<Vec<(Kept, Uint8Array)>> = const { RefCell::new(Vec::new()) };
    }

    async fn wait(promise: Promise) -> Option<JsValue> {
        JsFuture::from(promise).await.ok().filter(|found| !found.is_undefined() && !found.is_null())
    }

    async fn cache() -> Option<Cache> {
        let caches = window().caches().ok().filter(|caches| !caches.is_undefined())?;
        wait(caches.open(NAME)).await.map(JsCast::unchecked_into)
    }

    async fn written(step: &Kept, body: &Uint8Array) -> Option<()> {
        let told = js_sys::encode_uri_component(&serde_json::to_string(step).ok()?);
        let headers = Headers::new().ok()?;
        headers.set(TOLD, &String::from(told)).ok()?;
        let with = ResponseInit::new();
        with.set_headers(&headers);
        let page = Response::new_with_opt_js_u8_array_and_init(Some(body), &with).ok()?;
        JsFuture::from(cache().await?.put_with_str(&step.place(), &page)).await.ok().map(drop)
    }

    fn read(page: &Response) -> Option<Kept> {
        let told = page.headers().get(TOLD).ok()??;
        serde_json::from_str(&String::from(js_sys::decode_uri_component(&told).ok()?)).ok()
    }

    /// Keeps a step. Answers whether it outlives the tab.
    pub(super) async fn keep(step: &Kept, body: &Uint8Array) -> bool {
        let lasts = written(step, body).await.is_some();
        if !lasts {
            HERE.with_borrow_mut(|here| here.push((step.clone(), body.clone())));
        }
        lasts
    }

    /// The steps of an account, in order.
    pub(super) async fn all(account: AccountId) -> Vec<Kept> {
        let mut steps: Vec<Kept> = HERE.with_borrow(|here| here.iter().map(|(step, _)| step.clone()).collect());
        if let Some(cache) = cache().await
            && let Some(places) = wait(cache.keys()).await
        {
            for place in places.unchecked_into::<Array>().iter() {
                let page = wait(cache.match_with_request(&place.unchecked_into::<Request>())).await;
                steps.extend(page.and_then(|page| read(&page.unchecked_into())));
            }
        }
        steps.retain(|step| step.account == account);
        steps.sort_by_key(Kept::place);
        steps
    }

    /// What a step sends; nothing once it is gone.
    pub(super) async fn body(step: &Kept) -> Option<Uint8Array> {
        let here = HERE.with_borrow(|here| here.iter().find(|(other, _)| other.key == step.key).map(|(_, body)| body.clone()));
        if here.is_some() {
            return here;
        }
        let page: Response = wait(cache().await?.match_with_str(&step.place())).await?.unchecked_into();
        Some(Uint8Array::new(&wait(page.array_buffer().ok()?).await?))
    }

    /// Something else is to be told of a step.
    pub(super) async fn change(step: &Kept) {
        let here = HERE.with_borrow_mut(|here| {
            let found = here.iter_mut().find(|(other, _)| other.key == step.key);
            found.map(|(other, _)| *other = step.clone()).is_some()
        });
        if !here && let Some(body) = body(step).await {
            let _ = written(step, &body).await;
        }
    }

    /// Keeps a step no more.
    pub(super) async fn forget(step: &Kept) {
        HERE.with_borrow_mut(|here| here.retain(|(other, _)| other.key != step.key));
        if let Some(cache) = cache().await {
            let _ = wait(cache.delete_with_str(&step.place())).await;
        }
    }
}
