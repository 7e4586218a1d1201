//! What comes for a member on a day of its own: points that lapse, a tier that falls.

use super::Work;
use crate::store::{Stored, membership, work};
use jumun::{
    command::Answer,
    ids::PartyId,
    membership::{MemberTimer, Tier},
    money::Won,
    notice::Template,
    time::{Span, Time},
};

impl Work<'_> {
    /// A member's day has come. Who finds the row gone does nothing.
    pub(super) async fn member_day(&mut self, member: PartyId, timer: MemberTimer) -> Stored<Answer> {
        if let Some(due) = membership::take(self.tx, member, timer, self.now).await? {
            match timer {
                MemberTimer::PointsWarning => self.warn_of_lapse(member, due).await?,
                MemberTimer::PointsLapse => self.lapse_points(member).await?,
                MemberTimer::MonthEnd => self.end_month(member, due).await?,
            }
        }
        Ok(Answer::Done)
    }

    /// Tells what lapses within the days of the warning, and looks again when the next may.
    async fn warn_of_lapse(&mut self, member: PartyId, due: Time) -> Stored<()> {
        let (policy, now) = (self.house.policy(), self.now);
        let warned = now.end_of_kst_day_after(i64::from(policy.points_warn_days));
        let points = membership::aged(self.tx, member, now, &policy).await?;
        let lapsing = points.lapsed(warned + Span(1), &policy);
        if lapsing > Won::ZERO {
            let cause = format!("points-warning:{member}:{}", due.0);
            work::tell_member(self.tx, &mut self.mint, &cause, Template::PointsLapsing, member, &lapsing.0.to_string(), now).await?;
        }
        if let Some(next) = points.next_end(warned + Span(1), &policy) {
            let again = next.before(Span::days(i64::from(policy.points_warn_days)));
            membership::arm(self.tx, member, MemberTimer::PointsWarning, again).await?;
        }
        Ok(())
    }

    /// Takes what has lapsed, and looks again when the next may.
    async fn lapse_points(&mut self, member: PartyId) -> Stored<()> {
        let (policy, now) = (self.house.policy(), self.now);
        membership::lock_points(self.tx, member).await?;
        let mut points = membership::aged(self.tx, member, now, &policy).await?;
        let lapsed = points.lapsed(now, &policy);
        if lapsed > Won::ZERO {
            let cause = self.cause();
            membership::lapse(self.tx, &mut self.mint, member, lapsed, &cause, now).await?;
            points.spendable -= lapsed;
        }
        match points.next_end(now, &policy) {
            Some(end) => membership::arm(self.tx, member, MemberTimer::PointsLapse, end + Span(1)).await,
            None => Ok(()),
        }
    }

    /// A month is over: the tier stays if that month gave it, and falls otherwise. A day that comes late compares with what the
    /// tier was before the day that was meant.
    async fn end_month(&mut self, member: PartyId, due: Time) -> Stored<()> {
        let (policy, now) = (self.house.policy(), self.now);
        let mut tier = async |at: Time| -> Stored<Tier> {
            let month = at.kst_date();
            let before = month.end_of_last_month();
            let (this, last) = (membership::spent_in(self.tx, member, month).await?, membership::spent_in(self.tx, member, before).await?);
            Ok(Tier::standing(this, last, &policy))
        };
        let (from, to) = (tier(due.before(Span(1))).await?, tier(now).await?);
        if to < from {
            let cause = self.cause();
            let data = serde_json::json!({ "from": from, "to": to });
            let event = membership::happened(self.tx, &mut self.mint, member, "tier.changed", &data, &cause, now).await?;
            work::tell_member(self.tx, &mut self.mint, &event.to_string(), Template::TierFell, member, to.slug(), now).await?;
        }
        if to > Tier::Basic {
            membership::arm(self.tx, member, MemberTimer::MonthEnd, membership::next_month(now)).await?;
        }
        Ok(())
    }
}
