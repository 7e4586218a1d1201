//! What stands on a board or in the queue of returns, as a file for a spreadsheet: the same that the page finds, in the reader's words.

use super::{
    Shared,
    session::{refuse, wants_a_page},
};
use app::{i18n::Tr, pages::order_parts::waits_words, session::Caller};
use axum::{
    Extension, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, Uri, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use jumun::{
    order::Board,
    refusal::Refusal,
    text::Words,
    view::{BoardQuery, ClaimQuery, ClaimRow, OrderRow},
};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/desk/boards/{board}/orders.csv", get(csv))
        .route("/desk/boards/{board}/orders.xlsx", get(xlsx))
        .route("/desk/claims/returns.csv", get(returns))
        .route("/admin/claims/returns.csv", get(returns))
}

/// A row of the file: text but for the last two, which are figures.
struct Line {
    texts: [String; 7],
    units: u32,
    won: i64,
}

const HEADS: [&str; 9] = ["number", "placed", "kind", "status", "waits", "buyer", "goods", "units", "amount"];

fn heads(tr: Tr) -> [String; 9] {
    HEADS.map(|head| tr.t(&format!("desk.col.{head}")))
}

fn line(tr: Tr, row: &OrderRow) -> Line {
    let mut goods = tr.of(&row.title);
    if row.more_lines > 0 {
        goods = tr.with("order.and_more", &[("title", &goods), ("n", &row.more_lines.to_string())]);
    }
    let texts = [
        row.number.to_string(),
        row.placed_at.kst_minute(),
        tr.t(&format!("order.kind.{}", row.kind.name())),
        tr.t(&format!("status.{}", row.status.name())),
        waits_words(tr, row.waits),
        tr.of(&row.counterpart),
        goods,
    ];
    Line { texts, units: row.units, won: row.total.0 }
}

async fn found(shared: &Shared, caller: &Caller, board: &str, query: &BoardQuery) -> Result<Vec<Line>, Refusal> {
    let board = Board::from_name(board).map_err(|_| Refusal::NotFound)?;
    let tr = Tr(caller.locale);
    Ok(shared.house.board_rows(caller, board, query).await?.iter().map(|row| line(tr, row)).collect())
}

fn file(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let told = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    (told, bytes).into_response()
}

fn refused(refusal: &Refusal, headers: &HeaderMap, board: &str) -> Response {
    if *refusal == Refusal::SignInRequired && wants_a_page(headers) && Board::from_name(board).is_ok() {
        return Redirect::to(&format!("/sign-in?next=/desk/boards/{board}")).into_response();
    }
    refuse(refusal)
}

/// A spreadsheet takes what begins so for a formula: a name that somebody typed must not be one.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

async fn csv(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(board): Path<String>,
    Query(query): Query<BoardQuery>,
    headers: HeaderMap,
) -> Response {
    let lines = match found(&shared, &caller, &board, &query).await {
        Ok(lines) => lines,
        Err(refusal) => return refused(&refusal, &headers, &board),
    };
    let rows = lines.iter().map(|line| (line.texts.to_vec(), vec![line.units.to_string(), line.won.to_string()]));
    written(&board, &heads(Tr(caller.locale)), rows)
}

/// Rows of texts, and of figures behind them, as every spreadsheet reads them.
fn written(name: &str, heads: &[String], rows: impl Iterator<Item = (Vec<String>, Vec<String>)>) -> Response {
    // The mark at the beginning tells spreadsheets that it is UTF-8.
    let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    let written = out.write_record(heads).and_then(|()| {
        let mut rows = rows;
        rows.try_for_each(|(texts, figures)| out.write_record(texts.iter().map(|text| plain(text)).chain(figures)))
    });
    match (written, out.into_inner()) {
        (Ok(()), Ok(bytes)) => file(&format!("{name}.csv"), "text/csv; charset=utf-8", bytes),
        (_, _) => refuse(&Refusal::Broken),
    }
}

const RETURN_HEADS: [&str; 11] = ["number", "requested", "state", "reason", "fault", "seller", "buyer", "goods", "keeper", "due", "amount"];

/// The returns that a queue finds.
async fn returns(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<ClaimQuery>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let rows = match shared.house.claim_rows(&caller, &query).await {
        Ok(rows) => rows,
        Err(Refusal::SignInRequired) if wants_a_page(&headers) => {
            let page = uri.path().strip_suffix("/returns.csv").unwrap_or("/");
            return Redirect::to(&format!("/sign-in?next={page}")).into_response();
        }
        Err(refusal) => return refuse(&refusal),
    };
    let tr = Tr(caller.locale);
    let row = |row: ClaimRow| {
        let units = |(title, n): &(Words, u32)| tr.with("order.claim.units", &[("title", &tr.of(title)), ("n", &n.to_string())]);
        let texts = vec![
            row.number.to_string(),
            row.requested_at.kst_minute(),
            tr.t(&format!("order.claim.state.{}", row.state.name())),
            tr.t(&format!("order.claim.reason.{}", row.reason.slug())),
            tr.t(&format!("order.claim.fault_of.{}", row.fault.slug())),
            tr.of(&row.seller_name),
            row.buyer_name,
            row.goods.iter().map(units).collect::<Vec<_>>().join(", "),
            row.keeper.map(|keeper| keeper.name).unwrap_or_default(),
            row.pay_by.map(|due| due.kst_date().to_string()).unwrap_or_default(),
        ];
        (texts, vec![row.amount.0.to_string()])
    };
    let heads = RETURN_HEADS.map(|head| tr.t(&format!("claims.file.{head}")));
    written("returns", &heads, rows.into_iter().map(row))
}

async fn xlsx(
    State(shared): State<Shared>,
    Extension(caller): Extension<Caller>,
    Path(board): Path<String>,
    Query(query): Query<BoardQuery>,
    headers: HeaderMap,
) -> Response {
    let lines = match found(&shared, &caller, &board, &query).await {
        Ok(lines) => lines,
        Err(refusal) => return refused(&refusal, &headers, &board),
    };
    let heads = heads(Tr(caller.locale));
    // Some thousand rows are some hundred milliseconds of packing.
    match tokio::task::spawn_blocking(move || workbook(&heads, &lines)).await {
        Ok(Ok(bytes)) => file(&format!("{board}.xlsx"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes),
        Ok(Err(_)) | Err(_) => refuse(&Refusal::Broken),
    }
}

fn workbook(heads: &[String; 9], lines: &[Line]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (bold, won) = (Format::new().set_bold(), Format::new().set_num_format("#,##0"));
    let sheet = book.add_worksheet();
    for (column, head) in (0u16..).zip(heads) {
        sheet.write_string_with_format(0, column, head, &bold)?;
    }
    for (row, line) in (1u32..).zip(lines) {
        for (column, text) in (0u16..).zip(&line.texts) {
            sheet.write_string(row, column, text)?;
        }
        sheet.write_number(row, 7, line.units)?;
        sheet.write_number_with_format(row, 8, line.won as f64, &won)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.autofit();
    book.save_to_buffer()
}
