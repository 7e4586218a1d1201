//! The people of a store: who runs it, who works there, who has left, and who may change that.

use crate::{
    ids::AccountId,
    refusal::Refusal,
    time::{Span, Time},
};
use serde::{Deserialize, Serialize};

/// People of one store, those that left among them.
pub const MOST_COLLEAGUES: u32 = 100;
/// How long the link is good that somebody sets his first password by.
pub const INVITATION: Span = Span::days(3);

/// How somebody stands in his store.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub enum Presence {
    /// He was asked to join and has set no password yet.
    Invited {
        /// How long his link is good.
        until: Time,
    },
    /// He works there.
    Here,
    /// Head office keeps him out.
    Blocked,
    /// He was let go.
    Gone {
        /// Since when.
        since: Time,
    },
}

/// Somebody of a store.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Colleague {
    /// Who.
    pub account: AccountId,
    /// He runs the store.
    pub manager: bool,
    /// How he stands.
    pub presence: Presence,
}

/// What a manager does about a colleague.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deed {
    /// A new link in place of the one he was given.
    Invite,
    /// He runs the store too.
    MakeManager,
    /// He runs it no longer.
    MakeStaff,
    /// He works there no longer.
    LetGo,
    /// He works there again.
    TakeBack,
}

impl Deed {
    /// Whether it can be done to who stands so.
    pub fn fits(self, colleague: &Colleague) -> bool {
        let gone = matches!(colleague.presence, Presence::Gone { .. });
        match self {
            Self::Invite => matches!(colleague.presence, Presence::Invited { .. }),
            Self::MakeManager => !gone && !colleague.manager,
            Self::MakeStaff => !gone && colleague.manager,
            Self::LetGo => !gone,
            Self::TakeBack => gone,
        }
    }
}

/// Whether somebody of a team may do this to a colleague. `team` is what it is now, not what it was when he was let in.
///
/// Who does it runs the store and does it to somebody else: so he still runs it afterwards, and no store is ever without a manager.
///
/// # Errors
/// [`Refusal::NotAllowed`] for who does not run the store, and to oneself; [`Refusal::NotFound`] for who is no colleague;
/// [`Refusal::ColleagueStandsOtherwise`].
pub fn may(team: &[Colleague], by: AccountId, deed: Deed, whom: AccountId) -> Result<(), Refusal> {
    let of = |account| team.iter().find(|colleague| colleague.account == account);
    if by == whom || !of(by).is_some_and(|colleague| colleague.manager && colleague.presence == Presence::Here) {
        return Err(Refusal::NotAllowed);
    }
    if deed.fits(of(whom).ok_or(Refusal::NotFound)?) { Ok(()) } else { Err(Refusal::ColleagueStandsOtherwise) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn account(n: u128) -> AccountId {
        Uuid::from_u128(n).to_string().parse().unwrap()
    }

    fn team() -> Vec<Colleague> {
        let (until, since) = (Time(9), Time(1));
        [
            (1, true, Presence::Here),
            (2, true, Presence::Here),
            (3, false, Presence::Here),
            (4, false, Presence::Invited { until }),
            (5, true, Presence::Gone { since }),
            (6, true, Presence::Blocked),
        ]
        .map(|(n, manager, presence)| Colleague { account: account(n), manager, presence })
        .to_vec()
    }

    #[test]
    fn a_manager_changes_colleagues_as_they_stand() {
        use Deed::{Invite, LetGo, MakeManager, MakeStaff, TakeBack};
        let all = [Invite, MakeManager, MakeStaff, LetGo, TakeBack];
        for (whom, fitting) in [
            (2, vec![MakeStaff, LetGo]),
            (3, vec![MakeManager, LetGo]),
            (4, vec![Invite, MakeManager, LetGo]),
            (5, vec![TakeBack]),
            (6, vec![MakeStaff, LetGo]),
        ] {
            for deed in all {
                let expected = if fitting.contains(&deed) { Ok(()) } else { Err(Refusal::ColleagueStandsOtherwise) };
                assert_eq!(may(&team(), account(1), deed, account(whom)), expected, "{deed:?} to {whom}");
            }
        }
        assert_eq!(may(&team(), account(1), LetGo, account(7)), Err(Refusal::NotFound), "who works elsewhere");
    }

    #[test]
    fn only_who_runs_the_store_and_nobody_to_himself() {
        for deed in [Deed::Invite, Deed::MakeManager, Deed::MakeStaff, Deed::LetGo, Deed::TakeBack] {
            // Staff, who has set no password yet, who has left, who is kept out, who works elsewhere.
            for by in 3..=7 {
                assert_eq!(may(&team(), account(by), deed, account(2)), Err(Refusal::NotAllowed), "{deed:?} by {by}");
            }
            assert_eq!(may(&team(), account(1), deed, account(1)), Err(Refusal::NotAllowed), "{deed:?} to oneself");
        }
    }

    /// Whatever managers do to each other, in whichever order, somebody is left who runs the store.
    #[test]
    fn a_store_always_has_a_manager() {
        let mut team = team();
        for round in 0..200_u128 {
            let (by, whom) = (account(round % 6 + 1), account(round * 7 % 6 + 1));
            let deed = if round % 2 == 0 { Deed::MakeStaff } else { Deed::LetGo };
            if may(&team, by, deed, whom).is_ok()
                && let Some(colleague) = team.iter_mut().find(|colleague| colleague.account == whom)
            {
                colleague.manager &= deed != Deed::MakeStaff;
                if deed == Deed::LetGo {
                    colleague.presence = Presence::Gone { since: Time(0) };
                }
            }
            assert!(team.iter().any(|colleague| colleague.manager && colleague.presence == Presence::Here), "{team:?}");
        }
    }
}
