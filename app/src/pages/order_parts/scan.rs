//! Numbers that are read off goods.

use crate::{
    components::{Field, ScanFields},
    i18n::Tr,
};
use leptos::prelude::*;

/// One box of a form that asks for numbers.
pub struct Numbered {
    /// What is asked.
    pub label: String,
    /// Unique in the page.
    pub id: String,
    /// What is known already.
    pub value: String,
}

impl Numbered {
    /// An empty box.
    pub fn empty(label: String, id: String) -> Self {
        Self { label, id, value: String::new() }
    }
}

/// Boxes for the numbers of some units, in their order: `serials[0]` and on.
pub fn serial_fields(tr: Tr, boxes: Vec<Numbered>, hint: &str, required: bool) -> AnyView {
    let hint = tr.t(hint);
    let fields = boxes.into_iter().enumerate().map(|(nth, Numbered { label, id, value })| {
        view! {
            <Field
                label=label
                name=format!("serials[{nth}]")
                id=id
                value=value
                hint=if nth == 0 { hint.clone() } else { String::new() }
                maxlength=40_u32
                autocomplete="off"
                class="serial"
                required=required
            />
        }
    });
    let fields = fields.collect_view();
    view! {
        <ScanFields open=tr.t("scan.open") close=tr.t("scan.close") aim=tr.t("scan.aim") denied=tr.t("scan.denied")>
            {fields}
        </ScanFields>
    }
    .into_any()
}
