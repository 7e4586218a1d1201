//! What an installer says of himself: where he works, what he knows and for how much, and when he does not come. What is agreed
//! already stands on its order and stays.

use crate::{
    catalogue::Category,
    money::Won,
    refusal::{Problem, Refusal},
    text::{AreaPrefix, Phone, Postcode},
    time::Date,
};
use serde::{Deserialize, Serialize};

/// Nobody takes on more for a day.
pub const MOST_JOBS: u32 = 20;
/// Nobody gets more for a unit.
pub const HIGHEST_FEE: Won = Won(10_000_000);
/// Nobody gets more for having come in vain.
pub const HIGHEST_CALL_OUT: Won = Won(1_000_000);
/// Nobody works in more areas: there are sixty-three that two digits name, and some name smaller ones.
pub const MOST_AREAS: usize = 100;
/// Nobody says further ahead that he does not work, in days.
pub const FURTHEST_DAY_OFF: i64 = 365;

/// What he puts up and takes down, and for how much a unit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Skill {
    /// Which goods.
    pub category: Category,
    /// For putting one up.
    pub put_up: Won,
    /// For taking one down.
    pub take_down: Won,
}

impl Skill {
    /// What can be known: goods that somebody has to put up.
    pub fn categories() -> impl Iterator<Item = Category> {
        Category::ALL.iter().copied().filter(|category| category.needs_installer())
    }
}

/// How an installer works, until he says otherwise.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Profile {
    /// His phone.
    pub phone: Phone,
    /// Where he sets out from.
    pub postcode: Postcode,
    /// Jobs that he takes on for a day.
    pub jobs_per_day: u32,
    /// What he gets for having come in vain.
    pub call_out: Won,
    /// What he knows.
    pub skills: Vec<Skill>,
    /// Where he works.
    pub areas: Vec<AreaPrefix>,
}

impl Profile {
    /// Whether somebody can work so.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the field that makes no sense.
    pub fn check(&self) -> Result<(), Refusal> {
        let fine = |field, fine: bool, problem| if fine { Ok(()) } else { Err(Refusal::invalid(field, problem)) };
        let fee = |fee: Won| (Won::ZERO..=HIGHEST_FEE).contains(&fee);
        fine("jobs_per_day", (1..=MOST_JOBS).contains(&self.jobs_per_day), Problem::OutOfRange)?;
        fine("call_out", (Won::ZERO..=HIGHEST_CALL_OUT).contains(&self.call_out), Problem::OutOfRange)?;
        fine("skills", !self.skills.is_empty(), Problem::Missing)?;
        let once = |nth: usize, skill: &Skill| self.skills.iter().take(nth).all(|other| other.category != skill.category);
        fine("skills", self.skills.iter().enumerate().all(|(nth, skill)| skill.category.needs_installer() && once(nth, skill)), Problem::Unknown)?;
        fine("skills", self.skills.iter().all(|skill| fee(skill.put_up) && fee(skill.take_down)), Problem::OutOfRange)?;
        fine("areas", !self.areas.is_empty(), Problem::Missing)?;
        fine("areas", self.areas.len() <= MOST_AREAS, Problem::TooLong)
    }

    /// What the audit log keeps of it: terms, and neither his phone nor where he lives.
    pub fn note(&self) -> String {
        let skills = self.skills.iter().map(|skill| format!("{}:{}/{} ", skill.category.slug(), skill.put_up.0, skill.take_down.0));
        let areas = self.areas.iter().map(AreaPrefix::as_str).collect::<Vec<_>>().join(",");
        format!("{}×{} {} {areas}", skills.collect::<String>(), self.jobs_per_day, self.call_out.0)
    }
}

/// Whether an installer may say today that he does not work on a day. Whether somebody counts on him then is looked at where his
/// calendar is.
///
/// # Errors
/// [`Refusal::Invalid`] with the day.
pub fn check_day_off(on: Date, today: Date) -> Result<(), Refusal> {
    let days = today.days()..=today.days() + FURTHEST_DAY_OFF;
    if days.contains(&on.days()) { Ok(()) } else { Err(Refusal::invalid("day_off", Problem::OutOfRange)) }
}

/// What he got money for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Earned {
    /// For putting goods up.
    PutUp,
    /// For taking goods down.
    TakenDown,
    /// For having come in vain.
    CallOut,
    /// Something that was booked before and is put right.
    Correction,
}

impl Earned {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::PutUp, Self::TakenDown, Self::CallOut, Self::Correction];

    /// What the fact of this name earned him.
    pub fn of_event(name: &str) -> Self {
        match name {
            "installation.completed" => Self::PutUp,
            "pickup.completed" => Self::TakenDown,
            "installation.impossible" | "installer.unassigned" => Self::CallOut,
            _ => Self::Correction,
        }
    }

    /// The name in the word catalogue.
    pub fn slug(self) -> &'static str {
        match self {
            Self::PutUp => "put_up",
            Self::TakenDown => "taken_down",
            Self::CallOut => "call_out",
            Self::Correction => "correction",
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn profile() -> Profile {
        Profile {
            phone: Phone::parse("010-1151-3337").unwrap(),
            postcode: Postcode::parse("05551").unwrap(),
            jobs_per_day: 3,
            call_out: Won(30_000),
            skills: vec![Skill { category: Category::Wall, put_up: Won(60_000), take_down: Won(30_000) }],
            areas: vec![AreaPrefix::parse("06").unwrap()],
        }
    }

    #[test]
    fn a_profile_says_something_within_bounds() {
        assert_eq!(profile().check(), Ok(()));
        let mut wrong = vec![
            ("jobs_per_day", Profile { jobs_per_day: 0, ..profile() }),
            ("jobs_per_day", Profile { jobs_per_day: MOST_JOBS + 1, ..profile() }),
            ("call_out", Profile { call_out: Won(-1), ..profile() }),
            ("call_out", Profile { call_out: HIGHEST_CALL_OUT + Won(1), ..profile() }),
            ("skills", Profile { skills: Vec::new(), ..profile() }),
            ("areas", Profile { areas: Vec::new(), ..profile() }),
            ("areas", Profile { areas: vec![AreaPrefix::parse("06").unwrap(); MOST_AREAS + 1], ..profile() }),
        ];
        let skill = profile().skills[0];
        let others = [
            vec![Skill { category: Category::Parts, ..skill }],
            vec![skill, skill],
            vec![Skill { put_up: Won(-1), ..skill }],
            vec![Skill { take_down: HIGHEST_FEE + Won(1), ..skill }],
        ];
        wrong.extend(others.map(|skills| ("skills", Profile { skills, ..profile() })));
        for (field, profile) in wrong {
            assert!(matches!(profile.check(), Err(Refusal::Invalid { field: named, .. }) if named == field), "{profile:?}");
        }
    }

    #[test]
    fn areas_are_the_first_digits_of_postcodes() {
        for text in ["06", "062", "06234"] {
            assert_eq!(AreaPrefix::parse(text).unwrap().as_str(), text);
        }
        for text in ["", "6", "062345", "0a", "%6", "서울"] {
            assert!(AreaPrefix::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_off_is_today_or_within_a_year() {
        let today = Date::new(2026, 11, 22).unwrap();
        let on = |days: i64| check_day_off(Date::from_days(today.days() + days), today).is_ok();
        assert_eq!([-1, 0, 1, FURTHEST_DAY_OFF, FURTHEST_DAY_OFF + 1].map(on), [false, true, true, true, false]);
    }

    #[test]
    fn what_the_audit_log_keeps_names_no_person() {
        assert_eq!(profile().note(), "wall:60000/30000 ×3 30000 06");
    }
}
