//! Won, and tables of won that add up.

use super::filled;
use leptos::prelude::*;

/// `1234567` → `1,234,567`; the sign is left to the caller.
pub fn group_digits(amount: u64) -> String {
    let digits = amount.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Won as plain text: `1,234,000원` in Korean, `₩1,234,000` otherwise; below zero with a minus sign.
pub fn won_text(amount: i64, lang: &str) -> String {
    let sign = if amount < 0 { "−" } else { "" };
    let digits = group_digits(amount.unsigned_abs());
    if lang == "ko" { format!("{sign}{digits}원") } else { format!("{sign}₩{digits}") }
}

/// An amount of won in figures of equal width. Below zero it stands in parentheses for the eye and is
/// read out with a minus.
#[component]
pub fn Won(
    /// The amount.
    amount: i64,
    /// Language tag of the page, `ko` or `en`.
    #[prop(default = "ko")]
    lang: &'static str,
) -> impl IntoView {
    let digits = group_digits(amount.unsigned_abs());
    let korean = lang == "ko";
    let minus = amount < 0;
    let spoken = minus.then(|| {
        let word = if korean { "마이너스 " } else { "minus " };
        view! { <span class="visually-hidden">{word}</span> }
    });
    let open = if minus { "(" } else { "" };
    let close = if minus { ")" } else { "" };
    let class = if minus { "won won-minus" } else { "won" };
    if korean {
        view! { <span class=class>{spoken} {format!("{open}{digits}")} <span class="won-unit">"원"</span> {close}</span> }.into_any()
    } else {
        view! { <span class=class>{spoken}{format!("{open}₩{digits}{close}")}</span> }.into_any()
    }
}

/// One line of a [`PriceTable`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PriceRow {
    /// What the amount is for.
    pub label: String,
    /// The amount; below zero for what is taken off.
    pub amount: i64,
    /// The rule behind it, in small print; empty for none.
    pub hint: String,
}

impl PriceRow {
    /// A line without small print.
    pub fn new(label: impl Into<String>, amount: i64) -> Self {
        Self { label: label.into(), amount, hint: String::new() }
    }

    /// The same line with its rule in small print.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// Lines of money and their sum, given by the caller so that it is the booked figure and not a second sum.
#[component]
pub fn PriceTable(
    /// The lines, top to bottom.
    rows: Vec<PriceRow>,
    /// Word for the sum.
    #[prop(into)]
    total_label: String,
    /// The sum.
    total: i64,
    /// Name of the table for screen readers.
    #[prop(into, optional)]
    caption: String,
    /// Language tag of the page.
    #[prop(default = "ko")]
    lang: &'static str,
) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            let hint = filled(row.hint).map(|text| view! { <span class="hint">{text}</span> });
            view! {
                <tr>
                    <th scope="row">{row.label}{hint}</th>
                    <td>
                        <Won amount=row.amount lang=lang />
                    </td>
                </tr>
            }
        })
        .collect_view();
    let caption = filled(caption).map(|text| view! { <caption class="visually-hidden">{text}</caption> });
    view! {
        <table class="price-table">
            {caption} <tbody>{rows}</tbody> <tfoot>
                <tr>
                    <th scope="row">{total_label}</th>
                    <td>
                        <Won amount=total lang=lang />
                    </td>
                </tr>
            </tfoot>
        </table>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_by_three() {
        for (amount, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (123_456, "123,456"), (1_234_567, "1,234,567")] {
            assert_eq!(group_digits(amount), text);
        }
    }

    #[test]
    fn won_follows_the_language() {
        assert_eq!(won_text(1_234_000, "ko"), "1,234,000원");
        assert_eq!(won_text(1_234_000, "en"), "₩1,234,000");
        assert_eq!(won_text(-500, "ko"), "−500원");
        assert_eq!(won_text(i64::MIN, "en"), "−₩9,223,372,036,854,775,808");
    }
}
