//! The people of a store on both databases: asked to join, made managers, let go and taken back.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

mod support;

use app::{backend::Entry, session::Caller};
use jumun::{
    actor::Actor,
    command::{Answer, Command},
    ids::AccountId,
    refusal::{Problem, Refusal},
    scope::Scope,
    team::{INVITATION, Presence},
    text::{Email, KeyName, Password, PersonName, Reason},
    time::Span,
    view::{AuditQuery, ColleagueRow, PeopleQuery},
    webhook::EventFilter,
};
use server::{demo, secret, testing};
use support::{Bench, benches};

const MANAGER: &str = "hanbit-manager@jumun.example";
const STAFF: &str = "hanbit-staff@jumun.example";
const NEW: &str = "saebom@newcomers.example";
const PASSWORD: &str = "long-enough-2026";

fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

async fn enter(bench: &Bench, email: &str, text: &str) -> Result<Caller, Refusal> {
    let caller = bench.guest().await;
    match bench.house.sign_in(&caller, Email::parse(email).unwrap(), password(text)).await? {
        Entry::Session(token) => Ok(with_session(bench, &token).await),
        Entry::Pending(_) => panic!("a code is asked for"),
    }
}

async fn signed_in(bench: &Bench, email: &str) -> Caller {
    enter(bench, email, demo::PASSWORD).await.unwrap()
}

async fn with_session(bench: &Bench, token: &str) -> Caller {
    let session = secret::hash(token);
    let actor = bench.house.actor_of(&session).await.unwrap().unwrap();
    Caller { actor, session: Some(session), ..bench.guest().await }
}

async fn there(bench: &Bench, caller: &Caller) -> Option<Actor> {
    bench.house.actor_of(caller.session.as_deref().unwrap()).await.unwrap()
}

async fn add(bench: &Bench, by: &Caller, email: &str) -> Result<String, Refusal> {
    let link = bench.house.add_colleague(by, PersonName::parse("김새봄").unwrap(), Email::parse(email).unwrap()).await?;
    Ok(link.rsplit('/').next().unwrap().to_owned())
}

async fn row(bench: &Bench, looks: &Caller, email: &str) -> ColleagueRow {
    bench.house.team(looks).await.unwrap().rows.into_iter().find(|row| row.email == email).unwrap()
}

async fn join(bench: &Bench, token: &str) -> Result<Caller, Refusal> {
    let session = bench.house.join(&bench.guest().await, token, password(PASSWORD)).await?;
    Ok(with_session(bench, &session).await)
}

fn id(caller: &Caller) -> AccountId {
    caller.actor.account().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_joins_by_a_link_that_works_once_and_not_for_ever() {
    for bench in benches().await {
        let manager = signed_in(&bench, MANAGER).await;
        let before = bench.house.team(&manager).await.unwrap();
        assert!(before.manager && before.rows[0].manager && before.rows[0].own && before.fresh.is_none(), "{}: {before:?}", bench.name);
        let late = add(&bench, &manager, NEW).await.unwrap();
        let shown = row(&bench, &manager, NEW).await;
        assert!(matches!(shown.presence, Presence::Invited { until } if until > bench.house.now()), "{}", bench.name);
        assert!(!shown.manager && shown.last_sign_in.is_none(), "{shown:?}");
        assert_eq!(bench.house.invitation(&late).await.unwrap().name, "김새봄", "{}", bench.name);
        // Nobody signs in without a password, whatever he types.
        assert_eq!(enter(&bench, NEW, PASSWORD).await.err(), Some(Refusal::WrongCredentials), "{}", bench.name);
        for taken in [NEW, STAFF, "hong@jumun.example"] {
            assert_eq!(add(&bench, &manager, taken).await, Err(Refusal::invalid("email", Problem::Taken)), "{}: {taken}", bench.name);
        }

        bench.advance(INVITATION).await;
        assert_eq!(bench.house.invitation(&late).await.err(), Some(Refusal::NotFound), "{}: too old", bench.name);
        assert_eq!(join(&bench, &late).await.err(), Some(Refusal::NotFound), "{}", bench.name);
        let link = bench.house.invite_again(&manager, shown.account).await.unwrap();
        let first = link.rsplit('/').next().unwrap().to_owned();
        let link = bench.house.invite_again(&manager, shown.account).await.unwrap();
        let token = link.rsplit('/').next().unwrap();
        assert_eq!(join(&bench, &first).await.err(), Some(Refusal::NotFound), "{}: a newer one took its place", bench.name);

        // Of several who use it at once one comes in.
        let tries = futures::future::join_all((0..4).map(|_| join(&bench, token))).await;
        let mut came: Vec<Caller> = tries.into_iter().filter_map(Result::ok).collect();
        assert_eq!(came.len(), 1, "{}", bench.name);
        let new = came.remove(0);
        assert!(matches!(new.actor, Actor::Staff { store, manager: false, .. } if Some(store) == manager.actor.party()), "{:?}", new.actor);
        assert_eq!(join(&bench, token).await.err(), Some(Refusal::NotFound), "{}: it is used up", bench.name);
        assert_eq!(bench.house.invite_again(&manager, shown.account).await, Err(Refusal::ColleagueStandsOtherwise), "{}", bench.name);
        assert_eq!(enter(&bench, NEW, PASSWORD).await.unwrap().actor, new.actor);
        assert_eq!(row(&bench, &new, NEW).await.presence, Presence::Here);
        assert_eq!(bench.findings().await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_let_go_is_out_at_once_with_his_keys_and_can_be_taken_back() {
    for bench in benches().await {
        let manager = signed_in(&bench, MANAGER).await;
        let token = add(&bench, &manager, NEW).await.unwrap();
        let new = join(&bench, &token).await.unwrap();
        let account = id(&new);
        let run = async |caller: &Caller, command| bench.execute(caller, command).await;
        run(&manager, Command::MakeManager { account }).await.unwrap();
        let again = run(&manager, Command::MakeManager { account }).await;
        assert_eq!(again, Err(Refusal::ColleagueStandsOtherwise), "{}", bench.name);
        // The open session runs the store from now on.
        let promoted = Caller { actor: there(&bench, &new).await.unwrap(), ..new.clone() };
        assert!(promoted.actor.is_manager(), "{}", bench.name);
        let key = bench.house.make_key(&promoted, KeyName::parse("창고").unwrap(), vec![Scope::OrdersRead]).await.unwrap();
        assert!(testing::opens(&bench.house, &key).await, "{}", bench.name);

        run(&manager, Command::LetGo { account }).await.unwrap();
        assert_eq!(there(&bench, &new).await, None, "{}", bench.name);
        assert_eq!(enter(&bench, NEW, PASSWORD).await.err(), Some(Refusal::Blocked), "{}", bench.name);
        assert!(!testing::opens(&bench.house, &key).await, "{}: his key is his", bench.name);
        for command in [Command::LetGo { account }, Command::MakeStaff { account }, Command::MakeManager { account }] {
            assert_eq!(run(&manager, command).await, Err(Refusal::ColleagueStandsOtherwise), "{}", bench.name);
        }
        // A page that was open still thinks he runs the store; the store knows better.
        let staff = signed_in(&bench, STAFF).await;
        assert_eq!(run(&promoted, Command::LetGo { account: id(&staff) }).await, Err(Refusal::NotAllowed), "{}", bench.name);
        // What he did keeps his name, and head office sees that he left.
        let audit = bench.house.audit(&bench.admin().await, &AuditQuery { command: Some("add-key".into()), ..AuditQuery::default() }).await.unwrap();
        assert!(audit.rows.iter().any(|row| row.name.as_deref() == Some("김새봄")), "{}: {audit:?}", bench.name);
        let people = PeopleQuery { q: Some(NEW.into()), ..PeopleQuery::default() };
        assert!(bench.house.people(&bench.admin().await, &people).await.unwrap().rows[0].left.is_some(), "{}", bench.name);
        let order = bench.house.team(&manager).await.unwrap().rows;
        assert_eq!(order.last().map(|row| row.account), Some(account), "{}: who left stands last", bench.name);

        run(&manager, Command::TakeBack { account }).await.unwrap();
        assert_eq!(there(&bench, &new).await, None, "{}: what was ended stays ended", bench.name);
        assert!(enter(&bench, NEW, PASSWORD).await.unwrap().actor.is_manager(), "{}", bench.name);
        assert!(testing::opens(&bench.house, &key).await, "{}", bench.name);
        run(&manager, Command::MakeStaff { account }).await.unwrap();

        // Who never came in and is let go does not come in by his old link, not even when he is taken back.
        let token = add(&bench, &manager, "gaeul@newcomers.example").await.unwrap();
        let account = row(&bench, &manager, "gaeul@newcomers.example").await.account;
        run(&manager, Command::LetGo { account }).await.unwrap();
        assert_eq!(join(&bench, &token).await.err(), Some(Refusal::NotFound), "{}", bench.name);
        bench.advance(Span::seconds(1)).await;
        run(&manager, Command::TakeBack { account }).await.unwrap();
        assert_eq!(join(&bench, &token).await.err(), Some(Refusal::NotFound), "{}", bench.name);
        assert_eq!(bench.findings().await, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_and_strangers_are_refused_what_is_the_managers() {
    for bench in benches().await {
        let (manager, staff) = (signed_in(&bench, MANAGER).await, signed_in(&bench, STAFF).await);
        let other = signed_in(&bench, "badacool-manager@jumun.example").await;
        let account = id(&staff);
        let change = |account| {
            [
                Command::InviteAgain { account, token_hash: "x".into() },
                Command::MakeManager { account },
                Command::MakeStaff { account },
                Command::LetGo { account },
                Command::TakeBack { account },
            ]
        };
        let url = "https://nowhere.invalid/".to_owned();
        let add_key =
            Command::AddKey { name: KeyName::parse("창고").unwrap(), scopes: vec![Scope::OrdersRead], key_hash: "x".into(), last_four: "x".into() };
        let managers =
            [add_key, Command::RevokeKey { key: "x".into() }, Command::AddEndpoint { url, events: EventFilter::default(), description: None }];
        for command in managers.into_iter().chain(change(id(&manager))) {
            assert_eq!(bench.execute(&staff, command.clone()).await, Err(Refusal::NotAllowed), "{}: {command:?}", bench.name);
        }
        assert_eq!(add(&bench, &staff, NEW).await, Err(Refusal::NotAllowed), "{}", bench.name);
        // Who looks at the page sees his colleagues all the same, and no keys.
        let seen = bench.house.team(&staff).await.unwrap();
        assert!(!seen.manager && seen.rows.len() == bench.house.team(&manager).await.unwrap().rows.len(), "{}", bench.name);
        assert_eq!(bench.house.keys(&staff).await.err(), Some(Refusal::NotAllowed), "{}", bench.name);
        assert_eq!(bench.house.endpoints(&staff).await.err(), Some(Refusal::NotAllowed), "{}", bench.name);
        assert!(bench.house.desk(&staff).await.is_ok(), "{}: the desk is everybody's", bench.name);
        for command in change(account) {
            assert_eq!(bench.execute(&other, command.clone()).await, Err(Refusal::NotFound), "{}: another store's: {command:?}", bench.name);
            assert_eq!(bench.execute(&bench.admin().await, command).await, Err(Refusal::NotAllowed), "{}", bench.name);
            assert_eq!(bench.execute(&bench.guest().await, Command::LetGo { account }).await, Err(Refusal::SignInRequired), "{}", bench.name);
        }
        for command in change(id(&manager)) {
            assert_eq!(bench.execute(&manager, command.clone()).await, Err(Refusal::NotAllowed), "{}: to himself: {command:?}", bench.name);
        }
    }
}

/// Two managers who send each other away at the same moment: one is left, and the store with him.
#[tokio::test(flavor = "multi_thread")]
async fn two_managers_cannot_send_each_other_away() {
    for bench in benches().await {
        let (one, staff) = (signed_in(&bench, MANAGER).await, signed_in(&bench, STAFF).await);
        bench.execute(&one, Command::MakeManager { account: id(&staff) }).await.unwrap();
        let two = Caller { actor: there(&bench, &staff).await.unwrap(), ..staff.clone() };
        let results =
            tokio::join!(bench.execute(&one, Command::LetGo { account: id(&two) }), bench.execute(&two, Command::MakeStaff { account: id(&one) }));
        assert!(
            matches!(results, (Ok(Answer::Done), Err(Refusal::NotAllowed)) | (Err(Refusal::NotAllowed), Ok(Answer::Done))),
            "{}: {results:?}",
            bench.name
        );

        // Head office may block the last one: it can let him in again, and so it is nobody's way around the rule.
        let admin = bench.admin().await;
        let reason = || Reason::parse("확인 중").unwrap();
        let kept = if results.0.is_ok() { id(&one) } else { id(&two) };
        bench.execute(&admin, Command::BlockAccount { account: kept, reason: reason() }).await.unwrap();
        bench.execute(&admin, Command::UnblockAccount { account: kept, reason: reason() }).await.unwrap();
        assert_eq!(bench.findings().await, Vec::<String>::new());
    }
}
