//! Signing in, its second step, and what keeps guessers waiting. None of it is a command: it changes who comes in and nothing
//! of the business. What somebody does to his own second step is audited all the same.

use crate::{
    clock::real_time,
    house::House,
    secret,
    store::{
        Failure, Stored, Tx,
        accounts::{self, Account},
        parsed, requests, signing as rows,
    },
    totp,
};
use app::{backend::Entry, session::Caller};
use jumun::{
    actor::Actor,
    ids::AccountId,
    refusal::Refusal,
    signing::{self, Code, TwoSteps},
    text::{Email, Password},
    time::Time,
};
use std::time::Duration;

/// A guess that is counted as wrong until it turns out right: many at once are not freer than one after the other.
struct Guess {
    pair: String,
    email: String,
}

impl Guess {
    /// Takes the count back.
    async fn was_right(&self, tx: &mut Tx, now: Time) -> Stored<()> {
        rows::forgive(tx, &self.pair).await?;
        let known = rows::failures(tx, &self.email, now).await?;
        rows::set_failures(tx, &self.email, known.less_one()).await
    }
}

/// Whether a code is one of this account's and was never used. It is used up then.
async fn fits(tx: &mut Tx, account: AccountId, code: &Code, now: Time) -> Stored<bool> {
    match code {
        Code::Timed(digits) => {
            let Some(kept) = rows::second_step(tx, account).await?.filter(|kept| kept.confirmed_at.is_some()) else { return Ok(false) };
            match totp::step_of(&kept.secret, digits, real_time())? {
                Some(step) => rows::use_step(tx, account, &kept.secret, step).await,
                None => Ok(false),
            }
        }
        Code::Recovery(code) => rows::use_recovery_code(tx, account, &secret::hash(code), now).await,
    }
}

/// Writes into the audit log what somebody did to a second step.
async fn audit(tx: &mut Tx, caller: &Caller, actor: &Actor, what: &str, now: Time) -> Stored<()> {
    requests::audit(tx, uuid::Uuid::now_v7().to_string(), now, actor, what, None, None, &caller.request).await
}

impl House {
    /// Counts a guess at an account's password or code, before it is known whether it is right. Who guesses from elsewhere
    /// does not keep the owner out: an address waits for its own failures, and those of all addresses only take time.
    async fn guess(&self, caller: &Caller, what: &str, email: &str) -> Result<Guess, Refusal> {
        let now = self.now();
        let address = caller.address.map(|address| address.to_string()).unwrap_or_default();
        let guess = Guess { pair: secret::hash(&format!("{what} {email} {address}")), email: secret::hash(&format!("email {email}")) };
        let count = async {
            let mut tx = self.db.begin_write().await?;
            let pair = rows::failures(&mut tx, &guess.pair, now).await?.of_pair(now);
            pair.may_try(now)?;
            rows::set_failures(&mut tx, &guess.pair, pair.and_one(now)).await?;
            let all = rows::failures(&mut tx, &guess.email, now).await?.of_email(now).and_one(now);
            rows::set_failures(&mut tx, &guess.email, all).await?;
            tx.commit().await?;
            Ok::<_, Failure>(all.delay())
        };
        let delay = count.await.map_err(Failure::into_refusal)?;
        tokio::time::sleep(Duration::from_micros(u64::try_from(delay.0).unwrap_or(0))).await;
        Ok(guess)
    }

    /// The account whose password this is, and the guess to take back. An unknown address is refused as a wrong password is,
    /// after the same work and the same count.
    async fn known(&self, caller: &Caller, email: &str, password: Password) -> Result<(Account, Guess), Refusal> {
        let guess = self.guess(caller, "password", email).await?;
        let found = {
            let mut tx = self.read().await?;
            accounts::by_email(&mut tx, email).await.map_err(Failure::into_refusal)?
        };
        let right =
            secret::is_password(password, found.as_ref().map(|account| account.password_hash.clone()).filter(|hash| !hash.is_empty())).await?;
        let account = found.filter(|_| right).ok_or(Refusal::WrongCredentials)?;
        Ok((account, guess))
    }

    /// A fresh session for who knows address and password, with the guest's basket; or, where the account has a second step,
    /// a token that waits for a code and opens nothing.
    ///
    /// # Errors
    /// [`Refusal::WrongCredentials`], whichever of the two is wrong; [`Refusal::RateLimited`] after too many; [`Refusal::Blocked`].
    pub async fn sign_in(&self, caller: &Caller, email: Email, password: Password) -> Result<Entry, Refusal> {
        let (account, guess) = self.known(caller, email.as_str(), password).await?;
        if account.is_kept_out() {
            return Err(Refusal::Blocked);
        }
        let (token, now) = (secret::token(), self.now());
        let write = async {
            let mut tx = self.db.begin_write().await?;
            let id = parsed(&account.id)?;
            guess.was_right(&mut tx, now).await?;
            let owes = rows::second_step(&mut tx, id).await?.is_some_and(|kept| kept.confirmed_at.is_some());
            if owes {
                rows::add_pending(&mut tx, &secret::hash(&token), id, now + signing::PENDING).await?;
            } else {
                self.begin_session(&mut tx, caller, &token, id, parsed(&account.party_id)?).await?;
            }
            tx.commit().await?;
            Ok::<_, Failure>(owes)
        };
        let owes = write.await.map_err(Failure::into_refusal)?;
        Ok(if owes { Entry::Pending(token) } else { Entry::Session(token) })
    }

    /// A fresh session for who has given the password and now the code, or a recovery code.
    ///
    /// # Errors
    /// [`Refusal::SignInRequired`] when no sign-in waits, or not any more; [`Refusal::WrongCode`]; [`Refusal::RateLimited`].
    pub async fn sign_in_code(&self, caller: &Caller, pending: &str, code: &str) -> Result<String, Refusal> {
        let (waiting, now) = (secret::hash(pending), self.now());
        let found = async {
            let mut tx = self.db.begin_read().await?;
            let Some(id) = rows::pending(&mut tx, &waiting, now).await? else { return Ok(None) };
            Ok::<_, Failure>(accounts::by_id(&mut tx, id).await?.map(|account| (id, account)))
        };
        let (id, account) = found.await.map_err(Failure::into_refusal)?.ok_or(Refusal::SignInRequired)?;
        let code = Code::parse(code)?;
        let guess = self.guess(caller, "code", &account.email).await?;
        let token = secret::token();
        let write = async {
            let mut tx = self.db.begin_write().await?;
            if !rows::try_pending(&mut tx, &waiting, now).await? {
                return Err(Refusal::SignInRequired.into());
            }
            if account.is_kept_out() {
                return Err(Refusal::Blocked.into());
            }
            let right = fits(&mut tx, id, &code, now).await?;
            if right {
                rows::end_pending(&mut tx, &waiting).await?;
                guess.was_right(&mut tx, now).await?;
                if matches!(code, Code::Recovery(_)) {
                    audit(&mut tx, caller, &account.actor()?, "use-recovery-code", now).await?;
                }
                self.begin_session(&mut tx, caller, &token, id, parsed(&account.party_id)?).await?;
            }
            // A wrong code too: its try is used up.
            tx.commit().await?;
            Ok::<_, Failure>(right)
        };
        if write.await.map_err(Failure::into_refusal)? { Ok(token) } else { Err(Refusal::WrongCode) }
    }

    /// The caller's own account, where it may have a second step.
    async fn own_account(&self, caller: &Caller) -> Result<(AccountId, Account), Refusal> {
        signing::may_enrol(&caller.actor)?;
        let id = caller.actor.account().ok_or(Refusal::NotAllowed)?;
        let mut tx = self.read().await?;
        let account = accounts::by_id(&mut tx, id).await.map_err(Failure::into_refusal)?.ok_or(Refusal::NotFound)?;
        Ok((id, account))
    }

    /// How the caller's second step stands; with the secret while it waits for its first code.
    ///
    /// # Errors
    /// For everybody who does not work here.
    pub async fn two_steps(&self, caller: &Caller) -> Result<TwoSteps, Refusal> {
        let (id, account) = self.own_account(caller).await?;
        let read = async {
            let mut tx = self.db.begin_read().await?;
            Ok(match rows::second_step(&mut tx, id).await? {
                None => TwoSteps::Off,
                Some(rows::SecondStep { secret, confirmed_at: None }) => TwoSteps::Begun(totp::enrolment(&secret, &account.email)?),
                Some(rows::SecondStep { confirmed_at: Some(since), .. }) => {
                    TwoSteps::On { since, left: rows::recovery_codes_left(&mut tx, id).await?, fresh: Vec::new() }
                }
            })
        };
        read.await.map_err(Failure::into_refusal)
    }

    /// Makes a secret for the caller's app. Nothing is asked for before a code of it was given. Who only found an open browser
    /// does not know the password, and so cannot lock the owner out with an app of his own.
    ///
    /// # Errors
    /// [`Refusal::WrongCredentials`]; [`Refusal::LimitReached`] when a second step is in force; for who does not work here.
    pub async fn begin_two_steps(&self, caller: &Caller, password: Password) -> Result<(), Refusal> {
        let (id, account) = self.own_account(caller).await?;
        let (_, guess) = self.known(caller, &account.email, password).await?;
        let now = self.now();
        let write = async {
            let mut tx = self.db.begin_write().await?;
            guess.was_right(&mut tx, now).await?;
            if !rows::begin_second_step(&mut tx, id, &totp::secret(), now).await? {
                return Err(Refusal::LimitReached { most: 1 }.into());
            }
            tx.commit().await
        };
        write.await.map_err(Failure::into_refusal)
    }

    /// Puts the second step in force with a first code, ends the account's other sessions, and answers the recovery codes: only
    /// their hashes are kept.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when none was begun; [`Refusal::WrongCode`]; [`Refusal::RateLimited`]; for who does not work here.
    pub async fn confirm_two_steps(&self, caller: &Caller, code: &str) -> Result<Vec<String>, Refusal> {
        let (id, account) = self.own_account(caller).await?;
        let kept = {
            let mut tx = self.read().await?;
            rows::second_step(&mut tx, id).await.map_err(Failure::into_refusal)?
        };
        let kept = kept.filter(|kept| kept.confirmed_at.is_none()).ok_or(Refusal::NotFound)?;
        let Code::Timed(digits) = Code::parse(code)? else { return Err(Refusal::WrongCode) };
        let guess = self.guess(caller, "code", &account.email).await?;
        let step = totp::step_of(&kept.secret, &digits, real_time())?.ok_or(Refusal::WrongCode)?;
        let (codes, now) = (totp::recovery_codes(), self.now());
        let write = async {
            let mut tx = self.db.begin_write().await?;
            guess.was_right(&mut tx, now).await?;
            if !rows::confirm_second_step(&mut tx, id, &kept.secret, now, step).await? {
                return Err(Refusal::NotFound.into());
            }
            for code in &codes {
                rows::add_recovery_code(&mut tx, id, &secret::hash(&code.replace('-', ""))).await?;
            }
            accounts::end_other_sessions(&mut tx, id, caller.session.as_deref().unwrap_or_default()).await?;
            audit(&mut tx, caller, &caller.actor, "start-two-steps", now).await?;
            tx.commit().await
        };
        write.await.map_err(Failure::into_refusal)?;
        Ok(codes)
    }

    /// Ends the second step, the recovery codes and the account's other sessions.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when none is in force; [`Refusal::WrongCredentials`]; [`Refusal::WrongCode`]; [`Refusal::RateLimited`];
    /// for who does not work here.
    pub async fn stop_two_steps(&self, caller: &Caller, password: Password, code: &str) -> Result<(), Refusal> {
        let (id, account) = self.own_account(caller).await?;
        let kept = {
            let mut tx = self.read().await?;
            rows::second_step(&mut tx, id).await.map_err(Failure::into_refusal)?
        };
        if kept.is_none_or(|kept| kept.confirmed_at.is_none()) {
            return Err(Refusal::NotFound);
        }
        let code = Code::parse(code)?;
        let (_, known) = self.known(caller, &account.email, password).await?;
        let guess = self.guess(caller, "code", &account.email).await?;
        let now = self.now();
        let write = async {
            let mut tx = self.db.begin_write().await?;
            known.was_right(&mut tx, now).await?;
            let right = fits(&mut tx, id, &code, now).await?;
            if right {
                guess.was_right(&mut tx, now).await?;
                rows::end_second_step(&mut tx, id).await?;
                accounts::end_other_sessions(&mut tx, id, caller.session.as_deref().unwrap_or_default()).await?;
                audit(&mut tx, caller, &caller.actor, "stop-two-steps", now).await?;
            }
            tx.commit().await?;
            Ok::<_, Failure>(right)
        };
        if write.await.map_err(Failure::into_refusal)? { Ok(()) } else { Err(Refusal::WrongCode) }
    }
}
