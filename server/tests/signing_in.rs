//! Signing in on both databases: the second step, what it takes once, and who waits after wrong guesses.
#![allow(clippy::unwrap_used, clippy::wildcard_enum_match_arm)]

mod support;

use app::{backend::Entry, session::Caller};
use jumun::{
    actor::Actor,
    command::Command,
    refusal::Refusal,
    signing::{self, TwoSteps},
    text::{Email, Password, Reason},
    time::{Span, Time},
    view::{AuditQuery, PeopleQuery},
};
use server::{clock::real_time, demo, secret, totp};
use std::net::IpAddr;
use support::{Bench, benches};

const MANAGER: &str = "hanbit-manager@jumun.example";

fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

/// Nobody yet, from an address of documentation.
async fn visitor(bench: &Bench, host: u8) -> Caller {
    Caller { address: Some(IpAddr::from([192, 0, 2, host])), ..bench.guest().await }
}

async fn enter(bench: &Bench, caller: &Caller, email: &str, text: &str) -> Result<Entry, Refusal> {
    bench.house.sign_in(caller, Email::parse(email).unwrap(), password(text)).await
}

async fn wrong(bench: &Bench, caller: &Caller, email: &str) -> Refusal {
    match enter(bench, caller, email, "not-the-password").await {
        Err(refusal) => refusal,
        Ok(_) => panic!("{email} came in"),
    }
}

/// The caller that a session's token makes.
async fn with_session(bench: &Bench, caller: &Caller, token: &str) -> Caller {
    let session = secret::hash(token);
    let actor = bench.house.actor_of(&session).await.unwrap().unwrap();
    Caller { actor, session: Some(session), ..caller.clone() }
}

/// Somebody with a session, by password alone.
async fn signed_in(bench: &Bench, host: u8, email: &str) -> Caller {
    let caller = visitor(bench, host).await;
    match enter(bench, &caller, email, demo::PASSWORD).await.unwrap() {
        Entry::Session(token) => with_session(bench, &caller, &token).await,
        Entry::Pending(_) => panic!("a code is asked for"),
    }
}

/// The token that waits for a code.
async fn pending(bench: &Bench, caller: &Caller, email: &str) -> String {
    match enter(bench, caller, email, demo::PASSWORD).await.unwrap() {
        Entry::Pending(token) => token,
        Entry::Session(_) => panic!("no code is asked for"),
    }
}

/// The app's code some steps from now.
fn code(secret: &str, steps: i64) -> String {
    // A step that ends before the code is given would make it another step's.
    let left = 30_000_000 - real_time().0 % 30_000_000;
    if left < 2_000_000 {
        std::thread::sleep(std::time::Duration::from_micros(left.unsigned_abs()));
    }
    totp::code(secret, Time(real_time().0 + Span::seconds(30).0 * steps)).unwrap()
}

/// A manager with a second step: the session, the secret, the recovery codes. The step before the present one is used up, so
/// that two codes are good.
async fn enrolled(bench: &Bench) -> (Caller, String, Vec<String>) {
    let manager = signed_in(bench, 1, MANAGER).await;
    bench.house.begin_two_steps(&manager, password(demo::PASSWORD)).await.unwrap();
    let TwoSteps::Begun(enrolment) = bench.house.two_steps(&manager).await.unwrap() else { panic!("not begun") };
    let codes = bench.house.confirm_two_steps(&manager, &code(&enrolment.secret, -1)).await.unwrap();
    (manager, enrolment.secret, codes)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_step_is_asked_for_once_it_is_confirmed() {
    for bench in benches().await {
        let (manager, elsewhere) = (signed_in(&bench, 1, MANAGER).await, signed_in(&bench, 2, MANAGER).await);
        assert!(matches!(bench.house.two_steps(&manager).await, Ok(TwoSteps::Off)), "{}", bench.name);
        assert_eq!(bench.house.confirm_two_steps(&manager, "000000").await, Err(Refusal::NotFound));
        assert_eq!(bench.house.begin_two_steps(&manager, password("not-the-password")).await, Err(Refusal::WrongCredentials));
        bench.house.begin_two_steps(&manager, password(demo::PASSWORD)).await.unwrap();
        let TwoSteps::Begun(first) = bench.house.two_steps(&manager).await.unwrap() else { panic!("not begun") };
        // Begun is not on, and begun again is another secret.
        signed_in(&bench, 2, MANAGER).await;
        bench.house.begin_two_steps(&manager, password(demo::PASSWORD)).await.unwrap();
        assert_eq!(bench.house.confirm_two_steps(&manager, &code(&first.secret, 0)).await, Err(Refusal::WrongCode));
        let TwoSteps::Begun(second) = bench.house.two_steps(&manager).await.unwrap() else { panic!("not begun") };
        let codes = bench.house.confirm_two_steps(&manager, &code(&second.secret, -1)).await.unwrap();
        assert_eq!(codes.len(), signing::RECOVERY_CODES);
        assert!(matches!(bench.house.two_steps(&manager).await, Ok(TwoSteps::On { left: 8, .. })));
        assert_eq!(bench.house.begin_two_steps(&manager, password(demo::PASSWORD)).await, Err(Refusal::LimitReached { most: 1 }));
        // The browser that did it stays, every other one is out.
        let there = async |caller: &Caller| bench.house.actor_of(caller.session.as_deref().unwrap()).await.unwrap();
        assert_eq!((there(&manager).await, there(&elsewhere).await), (Some(manager.actor), None));

        let caller = visitor(&bench, 3).await;
        let waiting = pending(&bench, &caller, MANAGER).await;
        let token = bench.house.sign_in_code(&caller, &waiting, &code(&second.secret, 0)).await.unwrap();
        let again = with_session(&bench, &caller, &token).await;
        assert_eq!(again.actor, manager.actor);
        assert_eq!(there(&caller).await, None, "the session is a fresh one");

        assert_eq!(bench.house.stop_two_steps(&again, password(demo::PASSWORD), "000000").await, Err(Refusal::WrongCode));
        assert_eq!(bench.house.stop_two_steps(&again, password("not-the-password"), &codes[0]).await, Err(Refusal::WrongCredentials));
        bench.house.stop_two_steps(&again, password(demo::PASSWORD), &codes[0]).await.unwrap();
        assert_eq!((there(&again).await, there(&manager).await), (Some(manager.actor), None));
        assert_eq!(bench.house.stop_two_steps(&again, password(demo::PASSWORD), &codes[1]).await, Err(Refusal::NotFound));
        signed_in(&bench, 3, MANAGER).await;

        let audit = bench.house.audit(&bench.admin().await, &AuditQuery::default()).await.unwrap();
        let done: Vec<&str> = audit.rows.iter().map(|row| row.command.as_str()).filter(|command| command.contains("two-steps")).collect();
        assert_eq!(done, ["stop-two-steps", "start-two-steps"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_once_and_only_about_now() {
    for bench in benches().await {
        let (_, key, _) = enrolled(&bench).await;
        let caller = visitor(&bench, 1).await;
        let give = async |typed: String| bench.house.sign_in_code(&caller, &pending(&bench, &caller, MANAGER).await, &typed).await.map(drop);
        assert_eq!(give(code(&key, -1)).await, Err(Refusal::WrongCode), "{}: it was used to turn it on", bench.name);
        assert_eq!(give(code(&key, 3)).await, Err(Refusal::WrongCode));
        // The next one is taken, and uses up those before it.
        let next = code(&key, 1);
        assert_eq!(give(next.clone()).await, Ok(()));
        assert_eq!(give(next).await, Err(Refusal::WrongCode));
        assert_eq!(give(code(&key, 0)).await, Err(Refusal::WrongCode));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_two_browsers_give_at_once_lets_one_in() {
    for bench in benches().await {
        let (_, key, codes) = enrolled(&bench).await;
        for typed in [code(&key, 0), codes[0].clone()] {
            let mut tries = Vec::new();
            for host in 10..14 {
                let caller = visitor(&bench, host).await;
                tries.push((pending(&bench, &caller, MANAGER).await, caller));
            }
            let given = tries.iter().map(|(waiting, caller)| bench.house.sign_in_code(caller, waiting, &typed));
            let results = futures::future::join_all(given).await;
            assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1, "{}: {results:?}", bench.name);
            assert_eq!(results.iter().filter(|result| **result == Err(Refusal::WrongCode)).count(), 3);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_works_once_and_is_audited() {
    for bench in benches().await {
        let (manager, _, codes) = enrolled(&bench).await;
        let caller = visitor(&bench, 1).await;
        let typed = codes[2].to_uppercase().replace('-', " ");
        let waiting = pending(&bench, &caller, MANAGER).await;
        bench.house.sign_in_code(&caller, &waiting, &typed).await.unwrap();
        let waiting = pending(&bench, &caller, MANAGER).await;
        assert_eq!(bench.house.sign_in_code(&caller, &waiting, &typed).await, Err(Refusal::WrongCode), "{}", bench.name);
        bench.house.sign_in_code(&caller, &waiting, &codes[3]).await.unwrap();
        assert!(matches!(bench.house.two_steps(&manager).await, Ok(TwoSteps::On { left: 6, .. })));
        let audit = bench.house.audit(&bench.admin().await, &AuditQuery::default()).await.unwrap();
        assert_eq!(audit.rows.iter().filter(|row| row.command == "use-recovery-code").count(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_owes_a_code_opens_nothing_and_ends() {
    for bench in benches().await {
        let (_, key, codes) = enrolled(&bench).await;
        let caller = visitor(&bench, 1).await;
        let first = pending(&bench, &caller, MANAGER).await;
        assert_eq!(bench.house.actor_of(&secret::hash(&first)).await.unwrap(), None, "{}", bench.name);
        // Somebody else's browser can give the code, but a session is no pending sign-in, and neither is nothing.
        for not_pending in ["", "x", caller.session.as_deref().unwrap()] {
            assert_eq!(bench.house.sign_in_code(&caller, not_pending, &codes[0]).await, Err(Refusal::SignInRequired));
        }
        let token = bench.house.sign_in_code(&caller, &first, &codes[0]).await.unwrap();
        assert_eq!(bench.house.sign_in_code(&caller, &first, &codes[1]).await, Err(Refusal::SignInRequired), "it works once");
        assert_eq!(bench.house.sign_in_code(&caller, &token, &codes[1]).await, Err(Refusal::SignInRequired));

        let second = pending(&bench, &caller, MANAGER).await;
        bench.advance(signing::PENDING).await;
        assert_eq!(bench.house.sign_in_code(&caller, &second, &codes[1]).await, Err(Refusal::SignInRequired), "it ends");

        // Five wrong codes, and the password is asked again. From several addresses, or the address would wait first.
        let third = pending(&bench, &caller, MANAGER).await;
        for host in 20..25 {
            let other = visitor(&bench, host).await;
            assert_eq!(bench.house.sign_in_code(&other, &third, &code(&key, 5)).await, Err(Refusal::WrongCode));
        }
        assert_eq!(bench.house.sign_in_code(&caller, &third, &codes[1]).await, Err(Refusal::SignInRequired));
        // Turned off meanwhile, it opens nothing either.
        let caller = visitor(&bench, 2).await;
        let fourth = pending(&bench, &caller, MANAGER).await;
        let entered = bench.house.sign_in_code(&caller, &pending(&bench, &caller, MANAGER).await, &codes[1]).await.unwrap();
        let manager = with_session(&bench, &caller, &entered).await;
        bench.house.stop_two_steps(&manager, password(demo::PASSWORD), &codes[2]).await.unwrap();
        assert_eq!(bench.house.sign_in_code(&caller, &fourth, &codes[3]).await, Err(Refusal::SignInRequired));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_wait_whatever_password_was_given_in_between() {
    for bench in benches().await {
        let (_, key, codes) = enrolled(&bench).await;
        let (thief, owner) = (visitor(&bench, 66).await, visitor(&bench, 1).await);
        for _ in 0..5 {
            let waiting = pending(&bench, &thief, MANAGER).await;
            assert_eq!(bench.house.sign_in_code(&thief, &waiting, &code(&key, 9)).await, Err(Refusal::WrongCode), "{}", bench.name);
        }
        let waiting = pending(&bench, &thief, MANAGER).await;
        let waits = Err(Refusal::RateLimited { retry_after: 30 });
        assert_eq!(bench.house.sign_in_code(&thief, &waiting, &codes[0]).await, waits);
        let waiting = pending(&bench, &owner, MANAGER).await;
        bench.house.sign_in_code(&owner, &waiting, &codes[0]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_waits_for_its_own_failures_and_the_owner_for_nobodys() {
    for bench in benches().await {
        let (thief, owner) = (visitor(&bench, 66).await, visitor(&bench, 1).await);
        let nobody = "nobody@jumun.example";
        // An unknown address is answered as a known one is, the wait too.
        for email in [MANAGER, nobody] {
            for _ in 0..5 {
                assert_eq!(wrong(&bench, &thief, email).await, Refusal::WrongCredentials, "{}", bench.name);
            }
            assert_eq!(wrong(&bench, &thief, email).await, Refusal::RateLimited { retry_after: 30 });
        }
        // The right password does not help who waits; from elsewhere it does, and somebody else's password here too.
        assert!(matches!(enter(&bench, &thief, MANAGER, demo::PASSWORD).await, Err(Refusal::RateLimited { .. })));
        assert!(matches!(enter(&bench, &owner, MANAGER, demo::PASSWORD).await, Ok(Entry::Session(_))));
        assert!(matches!(enter(&bench, &thief, "badacool-manager@jumun.example", demo::PASSWORD).await, Ok(Entry::Session(_))));
        // One more guess after each wait, and the wait doubles; the owner's coming in forgives the thief nothing.
        for wait in [30, 60, 120] {
            assert!(matches!(wrong(&bench, &thief, MANAGER).await, Refusal::RateLimited { retry_after } if retry_after == wait));
            bench.advance(Span::seconds(i64::from(wait))).await;
            assert_eq!(wrong(&bench, &thief, MANAGER).await, Refusal::WrongCredentials);
        }
        bench.advance(Span::seconds(240)).await;
        assert!(matches!(enter(&bench, &thief, MANAGER, demo::PASSWORD).await, Ok(Entry::Session(_))));
        // Who came in begins anew.
        for _ in 0..5 {
            assert_eq!(wrong(&bench, &thief, MANAGER).await, Refusal::WrongCredentials);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_once_are_no_freer_than_one_by_one() {
    for bench in benches().await {
        let thief = visitor(&bench, 66).await;
        let results = futures::future::join_all((0..20).map(|_| wrong(&bench, &thief, MANAGER))).await;
        assert_eq!(results.iter().filter(|refusal| **refusal == Refusal::WrongCredentials).count(), 5, "{}: {results:?}", bench.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_from_everywhere_slow_the_owner_and_never_refuse_him() {
    for bench in benches().await {
        let owner = visitor(&bench, 1).await;
        for host in 0..signing::SLOW_AFTER / 4 {
            let thief = visitor(&bench, 100 + u8::try_from(host).unwrap()).await;
            for _ in 0..4 {
                assert_eq!(wrong(&bench, &thief, MANAGER).await, Refusal::WrongCredentials);
            }
        }
        let slow = std::time::Duration::from_secs(2);
        let started = std::time::Instant::now();
        assert!(matches!(enter(&bench, &owner, MANAGER, demo::PASSWORD).await, Ok(Entry::Session(_))), "{}", bench.name);
        assert!(started.elapsed() >= slow, "{:?}", started.elapsed());
        bench.advance(Span::hours(1)).await;
        let started = std::time::Instant::now();
        assert!(matches!(enter(&bench, &owner, MANAGER, demo::PASSWORD).await, Ok(Entry::Session(_))));
        assert!(started.elapsed() < slow, "{:?}", started.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_works_here_has_a_second_step() {
    for bench in benches().await {
        let begin = async |caller: &Caller| bench.house.begin_two_steps(caller, password(demo::PASSWORD)).await;
        assert_eq!(begin(&bench.guest().await).await, Err(Refusal::SignInRequired), "{}", bench.name);
        assert_eq!(begin(&bench.member().await).await, Err(Refusal::NotAllowed));
        for role in ["retailer", "wholesaler", "installer", "admin"] {
            let somebody = server::testing::somebody(&bench.house, role).await;
            assert_eq!(begin(&somebody).await, Ok(()), "{role}");
            assert!(matches!(bench.house.two_steps(&somebody).await, Ok(TwoSteps::Begun(_))));
        }
        let system = Caller { actor: Actor::System, ..bench.guest().await };
        assert_eq!(begin(&system).await, Err(Refusal::NotAllowed));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_colleague_resets_a_lost_second_step_and_nobody_his_own() {
    for bench in benches().await {
        let (manager, _, codes) = enrolled(&bench).await;
        let account = manager.actor.account().unwrap();
        let admin = signed_in(&bench, 5, "admin@jumun.example").await;
        let own = admin.actor.account().unwrap();
        let reason = || Reason::parse("휴대전화를 잃음").unwrap();
        let reset = async |caller: &Caller, account| bench.house.execute(caller, Command::ResetSecondStep { account, reason: reason() }, None).await;
        assert_eq!(reset(&manager, account).await, Err(Refusal::NotAllowed), "{}", bench.name);
        assert_eq!(reset(&admin, own).await, Err(Refusal::NotAllowed), "{}", bench.name);
        let caller = visitor(&bench, 6).await;
        let waiting = pending(&bench, &caller, MANAGER).await;

        reset(&admin, account).await.unwrap();
        assert_eq!(reset(&admin, account).await, Err(Refusal::NotFound), "{}: there is none any more", bench.name);
        let there = async |caller: &Caller| bench.house.actor_of(caller.session.as_deref().unwrap()).await.unwrap();
        assert_eq!((there(&manager).await, there(&admin).await), (None, Some(admin.actor)), "{}", bench.name);
        // Neither what was lost nor what was begun with it opens anything; the password does.
        assert_eq!(bench.house.sign_in_code(&caller, &waiting, &codes[0]).await, Err(Refusal::SignInRequired), "{}", bench.name);
        let again = signed_in(&bench, 7, MANAGER).await;
        assert!(matches!(bench.house.two_steps(&again).await, Ok(TwoSteps::Off)), "{}", bench.name);

        let query = AuditQuery { command: Some("reset-second-step".into()), ..AuditQuery::default() };
        let rows = bench.house.audit(&admin, &query).await.unwrap().rows;
        assert_eq!(rows.len(), 1, "{}", bench.name);
        assert!(rows[0].note.as_ref().is_some_and(|note| note.contains(&account.to_string()) && note.contains("휴대전화")), "{rows:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_is_out_at_once_and_a_customer_sees_his_orders() {
    for bench in benches().await {
        let admin = signed_in(&bench, 1, "admin@jumun.example").await;
        let (staff, customer) = (signed_in(&bench, 2, MANAGER).await, signed_in(&bench, 3, "hong@jumun.example").await);
        let there = async |caller: &Caller| bench.house.actor_of(caller.session.as_deref().unwrap()).await.unwrap();
        let reason = || Reason::parse("이유").unwrap();
        for who in [&staff, &customer] {
            let account = who.actor.account().unwrap();
            bench.house.execute(&admin, Command::BlockAccount { account, reason: reason() }, None).await.unwrap();
            let again = bench.house.execute(&admin, Command::BlockAccount { account, reason: reason() }, None).await;
            assert!(matches!(again, Err(Refusal::WrongState { .. })), "{}: {again:?}", bench.name);
        }
        assert_eq!(there(&staff).await, None, "{}", bench.name);
        assert!(matches!(enter(&bench, &visitor(&bench, 4).await, MANAGER, demo::PASSWORD).await, Err(Refusal::Blocked)), "{}", bench.name);
        assert_eq!(there(&customer).await, Some(customer.actor), "{}", bench.name);
        assert!(bench.house.purchases(&customer, None).await.is_ok(), "{}", bench.name);
        let blocked = PeopleQuery { customers: true, q: Some("HONG@".into()), cursor: None };
        assert!(bench.house.people(&admin, &blocked).await.unwrap().rows.iter().all(|row| row.blocked && !row.own), "{}", bench.name);

        let account = staff.actor.account().unwrap();
        bench.house.execute(&admin, Command::UnblockAccount { account, reason: reason() }, None).await.unwrap();
        // What was ended stays ended: he signs in again, and that is seen.
        assert_eq!(there(&staff).await, None, "{}", bench.name);
        signed_in(&bench, 5, MANAGER).await;
        let found = bench.house.people(&admin, &PeopleQuery { q: Some(MANAGER.into()), ..PeopleQuery::default() }).await.unwrap().rows;
        assert_eq!(found.len(), 1, "{}", bench.name);
        assert!(!found[0].blocked && found[0].last_sign_in.is_some(), "{}: {found:?}", bench.name);
        // Signs of patterns find nothing special, and everybody is on some page once.
        assert!(bench.house.people(&admin, &PeopleQuery { q: Some("%".into()), ..PeopleQuery::default() }).await.unwrap().rows.is_empty());
        assert!(bench.house.people(&admin, &PeopleQuery { q: Some("_".into()), ..PeopleQuery::default() }).await.unwrap().rows.is_empty());
        for caller in [&customer, &visitor(&bench, 6).await] {
            assert!(bench.house.people(caller, &PeopleQuery::default()).await.is_err(), "{}", bench.name);
        }
    }
}
