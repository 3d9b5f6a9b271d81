//! Changing the tables of a database, and leaving no trace of what they held.

use std::cell::RefCell;

use futures_util::future::try_join_all;
use sanitizer_contract::{Database, DatabaseReport, Mask, MaskReport, TableReport};

use crate::error::Error;
use crate::fit::{Change, Plan, Unit, Work, mask_has_no_form};
use crate::key::Key;
use crate::postgres::{Changed, Server, Session};
use crate::progress::{Item, Kind, Progress};
use crate::schema::Column;

/// Tables that are changed at the same time: one works while another waits for storage.
const AT_ONCE: usize = 4;

/// Changes the tables of a database, and then leaves no trace of what they held: a table that is rewritten while somebody
/// still reads what was there before the change keeps it.
///
/// # Errors
/// The first one of any table; the others are abandoned.
pub(crate) async fn change(
    server: &Server<'_>,
    database: &Database,
    plan: &Plan,
    key: Option<&Key>,
    progress: &Progress,
    report: &mut DatabaseReport,
) -> Result<(), Error> {
    let Some(key) = key.filter(|_| !plan.units.is_empty()) else {
        return Ok(());
    };
    report.unclassified = plan
        .unclassified
        .iter()
        .map(|found| format!("{}.{}", found.table, found.column.name))
        .collect();
    let (changing, kept): (Vec<_>, Vec<_>) = plan.units.iter().partition(|unit| unit.changes());
    let kept = kept.iter().flat_map(|unit| &unit.tables);
    let tables = RefCell::new(
        kept.map(|work| table_report(work, Changed::default(), 0.0))
            .collect::<Vec<_>>(),
    );
    let changed = at_once(
        server,
        &database.name,
        Some(key),
        &changing,
        async |session, unit: &&Unit| {
            let names: Vec<_> = unit.tables.iter().map(|work| work.table.to_string()).collect();
            let item = Item {
                kind: Kind::Masks,
                database: &database.name,
                name: &names.join(", "),
            };
            let (changed, seconds) = progress.item(item, session.change(unit, plan.raw_texts), rows).await?;
            let changed = unit.tables.iter().zip(changed);
            tables
                .borrow_mut()
                .extend(changed.map(|(work, changed)| table_report(work, changed, seconds)));
            Ok(())
        },
    );
    let changed = changed.await;
    report.tables = tables.into_inner();
    report.tables.sort_by(|one, other| one.table.cmp(&other.table));
    changed?;
    let session = server.connect(&database.name).await?;
    session.wait_for_readers().await?;
    session.close().await;
    let rewritten: Vec<_> = rewritten(database, plan).collect();
    at_once(
        server,
        &database.name,
        None,
        &rewritten,
        async |session, work: &&Work| {
            let item = Item {
                kind: Kind::Rewriting,
                database: &database.name,
                name: &work.table.to_string(),
            };
            progress
                .item(item, session.rewrite(&work.table), |()| 0)
                .await
                .map(drop)
        },
    )
    .await
}

/// Fills what is made out of the tables anew, after everything that changes them.
///
/// # Errors
/// [`Error::MaskingFailed`], [`Error::ConnectionLost`].
pub(crate) async fn finish(server: &Server<'_>, database: &Database, plan: &Plan) -> Result<(), Error> {
    if plan.units.is_empty() {
        return Ok(());
    }
    let session = server.connect(&database.name).await?;
    session.take_time().await?;
    session.refresh().await?;
    session.close().await;
    Ok(())
}

/// How many items of progress the masks of a database are.
pub(crate) fn items(database: &Database, plan: &Plan) -> usize {
    let changing = plan.units.iter().filter(|unit| unit.changes());
    changing.count() + rewritten(database, plan).count()
}

/// The tables whose files hold what shall not be there. Scripts may have changed any.
fn rewritten<'p>(database: &Database, plan: &'p Plan) -> impl Iterator<Item = &'p Work> {
    let all = !database.before.is_empty();
    plan.works().filter(move |work| all || work.changes() || work.dropped)
}

/// Does all jobs in several sessions.
async fn at_once<J>(
    server: &Server<'_>,
    database: &str,
    key: Option<&Key>,
    jobs: &[J],
    job: impl AsyncFn(&Session, &J) -> Result<(), Error>,
) -> Result<(), Error> {
    let left = RefCell::new(jobs.iter());
    let worker = || async {
        let session = server.connect(database).await?;
        session.take_time().await?;
        if let Some(key) = key {
            session.load_key(key).await?;
        }
        loop {
            // A statement of its own, so that nothing is borrowed while others work.
            let next = left.borrow_mut().next();
            let Some(next) = next else { break };
            job(&session, next).await?;
        }
        session.close().await;
        Ok(())
    };
    try_join_all((0..AT_ONCE.min(jobs.len())).map(|_| worker()))
        .await
        .map(drop)
}

#[expect(clippy::ptr_arg, reason = "what a change gives")]
fn rows(tables: &Vec<Changed>) -> u64 {
    tables.iter().map(|table| table.rows).sum()
}

fn table_report(work: &Work, changed: Changed, seconds: f64) -> TableReport {
    let mut same = changed.same.into_iter();
    let of_column = |(column, mask): &(Column, Mask)| MaskReport {
        column: Some(column.name.clone()),
        mask: mask.to_string(),
        unmasked: mask_has_no_form(mask).then(|| same.next()).flatten(),
        reason: match mask {
            Mask::Keep(kept) => kept.reason.clone(),
            _ => None,
        },
    };
    let masks = match &work.change {
        Change::Columns(columns) => columns.iter().map(of_column).collect(),
        Change::Truncate => vec![MaskReport {
            column: None,
            mask: "truncate".into(),
            unmasked: None,
            reason: None,
        }],
    };
    TableReport {
        table: work.table.to_string(),
        rows: changed.rows,
        seconds,
        masks,
    }
}
