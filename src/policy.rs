//! The policy book: every number the business may change is a named row, and no rule repeats one.
//!
//! [`Policy`] is the book in typed form; [`ROWS`] describes it row by row. `migrate` writes version 1 from the defaults,
//! every order pins the version it was placed under, and a missing or out-of-range row stops the start.

use crate::{money::Won, time::Span};
use serde::{Deserialize, Serialize};

/// A value that fits one whole number in the book.
trait Figure: Copy {
    fn from_book(value: i64) -> Option<Self>;
    fn to_book(self) -> i64;
}
impl Figure for u32 {
    fn from_book(value: i64) -> Option<Self> {
        u32::try_from(value).ok()
    }
    fn to_book(self) -> i64 {
        i64::from(self)
    }
}
impl Figure for Won {
    fn from_book(value: i64) -> Option<Self> {
        Some(Won(value))
    }
    fn to_book(self) -> i64 {
        self.0
    }
}
/// Spans are kept in seconds.
impl Figure for Span {
    fn from_book(value: i64) -> Option<Self> {
        value.checked_mul(1_000_000).map(Span)
    }
    fn to_book(self) -> i64 {
        self.as_seconds()
    }
}

/// One row of the book.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The name, for instance `stock.hold_ttl`.
    pub key: &'static str,
    /// The value a new book starts with.
    pub default: i64,
    /// What one step of the value is: won, percent, seconds, days, times …
    pub unit: &'static str,
    /// The smallest and the largest value the console takes.
    pub range: (i64, i64),
    /// The document that gives the number.
    pub source: &'static str,
    /// Orders keep the version they were placed under; operational rows follow the current book.
    pub pinned: bool,
}

macro_rules! book {
    ($($field:ident: $type:ty = $default:expr, $key:literal, $unit:literal, $low:literal..=$high:literal, $source:literal, $pinned:literal;)*) => {
        /// The book in force for an order, typed. Fields carry the names of their rows.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[allow(missing_docs)]
        pub struct Policy {
            /// The version of the book, counted from 1.
            pub version: u32,
            $(#[doc = concat!("`", $key, "` in ", $unit)] pub $field: $type,)*
        }

        /// Every row of the book, in the order the console shows.
        pub const ROWS: &[Row] = &[$(Row {
            key: $key, default: $default, unit: $unit, range: ($low, $high), source: $source, pinned: $pinned,
        },)*];

        impl Policy {
            /// Reads a version of the book. The error names the row that is missing or outside its range.
            pub fn from_rows(version: u32, value: impl Fn(&str) -> Option<i64>) -> Result<Self, String> {
                Ok(Self {
                    version,
                    $($field: {
                        let found = value($key).ok_or_else(|| format!("policy {} is missing", $key))?;
                        if !($low..=$high).contains(&found) {
                            return Err(format!("policy {} = {found} is outside {}..={}", $key, $low, $high));
                        }
                        <$type>::from_book(found).ok_or_else(|| format!("policy {} = {found} does not fit", $key))?
                    },)*
                })
            }

            /// The rows of this version.
            pub fn to_rows(&self) -> Vec<(&'static str, i64)> {
                vec![$(($key, self.$field.to_book())),*]
            }
        }
    };
}

book! {
    cart_max_lines: u32 = 30, "cart.max_lines", "lines", 1..=200, "004", true;
    line_max_quantity: u32 = 99, "line.max_quantity", "units", 1..=9_999, "004", true;
    order_min: Won = 10_000, "order.min_amount", "won", 0..=1_000_000, "004", true;
    order_max: Won = 50_000_000, "order.max_amount", "won", 1_000_000..=1_000_000_000, "000", true;
    unpaid_holds_per_buyer: u32 = 3, "order.unpaid_holds_per_buyer", "orders", 1..=1_000, "abuse guard", true;
    hold_ttl: Span = 1_800, "stock.hold_ttl", "seconds", 60..=86_400, "001 004", true;
    hold_warning: Span = 300, "stock.hold_warning", "seconds", 0..=3_600, "001", true;
    attempt_timeout: Span = 300, "payment.attempt_timeout", "seconds", 30..=3_600, "004", true;
    payment_window: Span = 600, "payment.window", "seconds", 60..=86_400, "001", true;
    repay_window: Span = 86_400, "payment.repay_window", "seconds", 600..=604_800, "000", true;
    buyer_retries: u32 = 3, "payment.buyer_retries", "times", 0..=20, "004", true;
    transport_retries: u32 = 3, "payment.transport_retries", "times", 0..=20, "000", false;
    deposit_deadline: Span = 86_400, "payment.deposit_deadline", "seconds", 600..=604_800, "000", true;
    identity_check_from: Won = 1_000_000, "payment.identity_check_from", "won", 0..=100_000_000, "004", true;
    identity_valid_for: Span = 1_800, "payment.identity_valid_for", "seconds", 60..=86_400, "assumption", true;
    shortage_answer_within: Span = 172_800, "shortage.answer_within", "seconds", 3_600..=1_209_600, "000", true;
    wait_reask_after: Span = 604_800, "shortage.wait_reask_after", "seconds", 3_600..=7_776_000, "000", true;
    address_fix_within: Span = 86_400, "address.fix_within", "seconds", 3_600..=604_800, "000", true;
    auto_release_after: Span = 1_800, "fulfilment.auto_release", "seconds", 0..=86_400, "004 002", true;
    accept_within: Span = 86_400, "order.accept_within", "seconds", 600..=604_800, "001", true;
    prepare_within: Span = 172_800, "prepare.within", "seconds", 3_600..=1_209_600, "001", true;
    dispatch_within: Span = 86_400, "dispatch.sla", "seconds", 3_600..=1_209_600, "000", true;
    delivery_max_failures: u32 = 3, "delivery.max_failures", "times", 1..=10, "000 004", true;
    redeliver_within_days: u32 = 7, "delivery.redeliver_within", "days", 1..=30, "assumption", true;
    visit_within_days: u32 = 60, "installation.visit_within", "days", 1..=180, "assumption", true;
    extra_answer_within: Span = 1_200, "installation.extra_answer_within", "seconds", 60..=86_400, "002", true;
    give_up_after: Span = 86_400, "delivery.give_up_after", "seconds", 3_600..=604_800, "000 004", true;
    return_window_days: u32 = 7, "return.window", "days", 7..=60, "004", true;
    return_fee: Won = 3_000, "return.pickup_fee", "won", 0..=100_000, "assumption", true;
    confirm_after_days: u32 = 7, "confirm.auto_after", "days", 1..=60, "001", true;
    defect_window_days: u32 = 90, "return.defect_window", "days", 90..=365, "law", true;
    defect_discovery_days: u32 = 30, "return.defect_discovery", "days", 30..=90, "law", true;
    refund_within_days: u32 = 3, "refund.within", "business days", 1..=10, "law", false;
    refund_approval_from: Won = 100_000, "refund.approval_from", "won", 0..=100_000_000, "004", true;
    cancel_penalty: u32 = 0, "cancel.penalty", "percent", 0..=30, "001", true;
    coupon_max_per_order: u32 = 1, "coupon.max_per_order", "coupons", 0..=1, "004", true;
    coupon_restore_grace: Span = 604_800, "coupon.restore_grace", "seconds", 0..=2_592_000, "004", true;
    discount_cap: u32 = 50, "discount.cap", "percent", 0..=100, "004", true;
    gold_from: Won = 200_000, "tier.gold_from", "won", 1..=100_000_000, "004", true;
    vip_from: Won = 500_000, "tier.vip_from", "won", 1..=100_000_000, "004", true;
    vip_rate: u32 = 5, "tier.vip_rate", "percent", 0..=50, "004", true;
    shipping_fee: Won = 3_000, "shipping.fee", "won", 0..=100_000, "004", true;
    shipping_free_from: Won = 100_000, "shipping.free_from", "won", 0..=10_000_000, "004", true;
    island_fee: Won = 5_000, "shipping.island_fee", "won", 0..=500_000, "assumption", true;
    points_rate: u32 = 1, "points.rate", "percent", 0..=20, "004", true;
    points_birthday_factor: u32 = 2, "points.birthday_factor", "times", 1..=10, "004", true;
    points_expire_after: Span = 31_536_000, "points.expire_after", "seconds", 2_592_000..=315_360_000, "assumption", true;
    points_warn_days: u32 = 30, "points.warn_before", "days", 1..=90, "assumption", true;
    points_restore_grace: Span = 604_800, "points.restore_grace", "seconds", 0..=2_592_000, "assumption", true;
    review_remind_after: Span = 259_200, "review.remind_after", "seconds", 3_600..=2_592_000, "000", true;
    review_write_within: Span = 7_776_000, "review.write_within", "seconds", 86_400..=31_536_000, "assumption", true;
    review_edit_within: Span = 2_592_000, "review.edit_within", "seconds", 0..=31_536_000, "assumption", true;
    settlement_close_hour: u32 = 2, "settlement.close_at", "hour KST", 0..=23, "004", false;
    settlement_payout_weekday: u32 = 2, "settlement.payout_day", "weekday (Monday = 1)", 1..=7, "004", false;
    commission: u32 = 10, "settlement.commission", "percent", 0..=50, "004", true;
    admin_step_retries: u32 = 3, "admin.step_retries", "times", 1..=20, "004", false;
    alert_payment_failures: u32 = 3, "alert.payment_failures", "times", 1..=100, "000", false;
    alert_surge: u32 = 200, "alert.order_surge", "percent", 110..=10_000, "000", false;
    alert_hold_failures: u32 = 10, "alert.hold_failures", "percent", 1..=100, "001", false;
    alert_payment_failure_rate: u32 = 5, "alert.payment_failure_rate", "percent", 1..=100, "001", false;
    alert_event_lag: Span = 30, "alert.event_lag", "seconds", 1..=3_600, "001", false;
    alert_response: u32 = 1_000, "alert.response", "milliseconds", 10..=60_000, "001", false;
    alert_queue_depth: u32 = 10_000, "alert.queue_depth", "rows", 10..=10_000_000, "001", false;
    kpi_success: u32 = 99, "kpi.success.target", "percent", 1..=100, "000", false;
    kpi_success_alarm: u32 = 95, "kpi.success.alarm", "percent", 1..=100, "000", false;
    kpi_lead_time: Span = 14_400, "kpi.lead_time.target", "seconds", 60..=864_000, "000", false;
    kpi_lead_time_alarm: Span = 28_800, "kpi.lead_time.alarm", "seconds", 60..=864_000, "000", false;
    kpi_same_day: u32 = 90, "kpi.same_day.target", "percent", 1..=100, "000", false;
    kpi_same_day_alarm: u32 = 80, "kpi.same_day.alarm", "percent", 1..=100, "000", false;
    kpi_conversion: u32 = 85, "kpi.conversion.target", "percent", 1..=100, "000", false;
    kpi_conversion_alarm: u32 = 75, "kpi.conversion.alarm", "percent", 1..=100, "000", false;
    kpi_shortage: u32 = 2, "kpi.shortage.target", "percent", 0..=100, "000", false;
    kpi_shortage_alarm: u32 = 5, "kpi.shortage.alarm", "percent", 0..=100, "000", false;
    kpi_delivered: u32 = 99, "kpi.delivered.target", "percent", 1..=100, "000", false;
    kpi_delivered_alarm: u32 = 97, "kpi.delivered.alarm", "percent", 1..=100, "000", false;
    kpi_delivery_time: Span = 172_800, "kpi.delivery_time.target", "seconds", 3_600..=2_592_000, "000", false;
    kpi_delivery_time_alarm: Span = 259_200, "kpi.delivery_time.alarm", "seconds", 3_600..=2_592_000, "000", false;
    sla_reception: Span = 3, "sla.reception", "seconds", 1..=3_600, "000", false;
    sla_validation: Span = 2, "sla.validation", "seconds", 1..=3_600, "000", false;
    sla_payment: Span = 10, "sla.payment", "seconds", 1..=3_600, "000", false;
    sla_stock: Span = 5, "sla.stock", "seconds", 1..=3_600, "000", false;
    sla_outbound: Span = 30, "sla.outbound", "seconds", 1..=3_600, "000", false;
    sla_completion: Span = 5, "sla.completion", "seconds", 1..=3_600, "000", false;
    retries_reception: u32 = 3, "retries.reception", "times", 0..=20, "000", false;
    retries_validation: u32 = 2, "retries.validation", "times", 0..=20, "000", false;
    retries_payment: u32 = 3, "retries.payment", "times", 0..=20, "000", false;
    retries_stock: u32 = 2, "retries.stock", "times", 0..=20, "000", false;
    retries_outbound: u32 = 3, "retries.outbound", "times", 0..=20, "000", false;
    retries_completion: u32 = 1, "retries.completion", "times", 0..=20, "000", false;
    timeout_psp: u32 = 3_000, "timeout.psp", "milliseconds", 100..=60_000, "000", false;
    timeout_wms: u32 = 5_000, "timeout.wms", "milliseconds", 100..=60_000, "000", false;
    timeout_carrier: u32 = 2_000, "timeout.carrier", "milliseconds", 100..=60_000, "000", false;
    timeout_notifier: u32 = 1_000, "timeout.notifier", "milliseconds", 100..=60_000, "000", false;
    retention_contracts: Span = 157_680_000, "retention.contracts", "seconds", 86_400..=315_360_000, "law", false;
    retention_complaints: Span = 94_608_000, "retention.complaints", "seconds", 86_400..=315_360_000, "law", false;
    contact_visible_after: Span = 86_400, "retention.contact_visible", "seconds", 0..=604_800, "privacy", false;
}

impl Default for Policy {
    /// Version 1: every row at its default.
    fn default() -> Self {
        let default = |key: &str| ROWS.iter().find(|row| row.key == key).map(|row| row.default);
        match Self::from_rows(1, default) {
            Ok(policy) => policy,
            Err(problem) => unreachable!("{problem}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn rows_are_named_once_and_defaults_are_in_range() {
        let keys: BTreeSet<_> = ROWS.iter().map(|row| row.key).collect();
        assert_eq!(keys.len(), ROWS.len());
        for row in ROWS {
            assert!((row.range.0..=row.range.1).contains(&row.default), "{}", row.key);
            assert!(!row.source.is_empty() && !row.unit.is_empty(), "{}", row.key);
        }
    }

    #[test]
    fn a_book_survives_the_store_and_a_missing_row_is_named() {
        let rows: BTreeMap<_, _> = Policy::default().to_rows().into_iter().collect();
        assert_eq!(Policy::from_rows(1, |key| rows.get(key).copied()), Ok(Policy::default()));
        let short = Policy::from_rows(1, |key| (key != "stock.hold_ttl").then(|| rows[key]));
        assert_eq!(short.unwrap_err(), "policy stock.hold_ttl is missing");
        let wild = Policy::from_rows(1, |key| if key == "cancel.penalty" { Some(99) } else { rows.get(key).copied() });
        assert!(wild.unwrap_err().contains("cancel.penalty = 99"));
    }

    #[test]
    fn payment_deadlines_nest() {
        let policy = Policy::default();
        assert!(policy.attempt_timeout < policy.payment_window && policy.payment_window < policy.repay_window);
    }
}
