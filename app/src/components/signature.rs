//! A place to sign with a finger.

use super::{ButtonKind, classes};
use leptos::{html::Canvas, prelude::*, wasm_bindgen::JsCast};
use web_sys::{CanvasRenderingContext2d, PointerEvent};

/// Pixels of the drawing; the page shows it as wide as there is room.
const SIZE: (u32, u32) = (600, 220);

/// A place to sign with a finger: what is drawn goes along with the form as a picture. Without scripts there is none, and the
/// form is as good without it.
#[component]
pub fn SignaturePad(
    /// What it is for.
    #[prop(into)]
    label: String,
    /// Word on the button that begins anew.
    #[prop(into)]
    clear: String,
    /// Name sent with the form.
    name: &'static str,
) -> impl IntoView {
    let (lives, set_lives) = signal(false);
    Effect::new(move |_| set_lives.set(true));
    let canvas = NodeRef::<Canvas>::new();
    let (drawing, set_drawing) = signal(String::new());
    let pressed = StoredValue::new(false);
    let pen = move || {
        let canvas = canvas.get_untracked()?;
        let pen = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
        Some((canvas, pen))
    };
    // Where on the drawing the finger is, however large it is shown.
    let at = move |event: &PointerEvent| {
        let shown = canvas.get_untracked().map_or(1, |canvas| canvas.client_width().max(1));
        let scale = f64::from(SIZE.0) / f64::from(shown);
        (f64::from(event.offset_x()) * scale, f64::from(event.offset_y()) * scale)
    };
    let begin = move |event: PointerEvent| {
        event.prevent_default();
        if let Some((canvas, pen)) = pen() {
            let (x, y) = at(&event);
            // The line goes on where the finger leaves the box.
            let _ = canvas.set_pointer_capture(event.pointer_id());
            pen.set_line_width(4.0);
            pen.set_line_cap("round");
            pen.set_line_join("round");
            pen.begin_path();
            pen.move_to(x, y);
            pen.line_to(x, y);
            pen.stroke();
            pressed.set_value(true);
        }
    };
    let go = move |event: PointerEvent| {
        if let Some((_, pen)) = pen().filter(|_| pressed.get_value()) {
            let (x, y) = at(&event);
            pen.line_to(x, y);
            pen.stroke();
        }
    };
    let end = move |_: PointerEvent| {
        if let Some((canvas, _)) = pen().filter(|_| pressed.get_value()) {
            pressed.set_value(false);
            set_drawing.set(canvas.to_data_url().unwrap_or_default());
        }
    };
    let wipe = move |_| {
        if let Some((_, pen)) = pen() {
            pen.clear_rect(0.0, 0.0, f64::from(SIZE.0), f64::from(SIZE.1));
            set_drawing.set(String::new());
        }
    };
    view! {
        <input type="hidden" name=name prop:value=drawing />
        <Show when=move || lives.get()>
            <div class="field signature">
                <p class="field-label">{label.clone()}</p>
                <canvas
                    node_ref=canvas
                    class="signature-pad"
                    width=SIZE.0.to_string()
                    height=SIZE.1.to_string()
                    role="img"
                    aria-label=label.clone()
                    on:pointerdown=begin
                    on:pointermove=go
                    on:pointerup=end
                    on:pointercancel=end
                ></canvas>
                <button type="button" class=classes(["btn", "btn-s", ButtonKind::Quiet.class()]) on:click=wipe>
                    {clear.clone()}
                </button>
            </div>
        </Show>
    }
}
