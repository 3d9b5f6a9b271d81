//! Looking whether it is done.

use sanitizer_contract::{Database, DatabaseReport, MaskReport};

use crate::error::Error;
use crate::fit::Plan;
use crate::postgres::Server;

/// Looks at every masked value of a database, in a session that sees what was committed and nothing else.
///
/// # Errors
/// [`Error::NotMasked`] with every column that has values its mask cannot have made.
pub(crate) async fn prove(
    server: &Server<'_>,
    database: &Database,
    plan: &Plan,
    report: &mut DatabaseReport,
) -> Result<(), Error> {
    if plan.units.is_empty() {
        return Ok(());
    }
    let session = server.connect(&database.name).await?;
    session.take_time().await?;
    let mut found = Vec::new();
    for work in plan.works() {
        let name = work.table.to_string();
        let table = report.tables.iter_mut().find(|table| table.table == name);
        let table = table.ok_or(Error::Defect)?;
        let mut counts = session.unmasked(work).await?.into_iter();
        for mask in &mut table.masks {
            if mask.unmasked.is_none() && mask.mask != "keep" {
                mask.unmasked = counts.next();
            }
        }
        found.extend(table.masks.iter().filter_map(|mask| unproven(&name, mask)));
    }
    session.close().await;
    if found.is_empty() {
        Ok(())
    } else {
        Err(Error::NotMasked {
            database: database.name.clone(),
            found,
        })
    }
}

fn unproven(table: &str, mask: &MaskReport) -> Option<String> {
    let rows = mask.unmasked.filter(|rows| *rows > 0)?;
    let column = mask
        .column
        .as_ref()
        .map_or(String::new(), |column| format!(".{column}"));
    Some(format!(
        "{rows} rows of {table}{column} are not what {} makes",
        mask.mask
    ))
}
