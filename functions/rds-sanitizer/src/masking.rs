//! Masks over all databases of the rules: fit, change, prove.

mod change;
mod prove;

use sanitizer_contract::{Coverage, Database, Rules};

pub(crate) use change::{change, finish, items};
pub(crate) use prove::prove;

use crate::error::Error;
use crate::fit::{Plan, Rulings, fit};
use crate::postgres::{Found, Server, Session, USUAL_SCHEMA};

/// What is to be done in every database, in the order of the rules. Nothing changes.
///
/// # Errors
/// [`Error::RulesDoNotFit`] with every problem of a database, and whatever keeps it from being looked at.
pub(crate) async fn prepare(server: &Server<'_>, rules: &Rules, rulings: Rulings) -> Result<Vec<Plan>, Error> {
    let mut plans = Vec::new();
    let mut problems = Vec::new();
    for (index, database) in rules.databases.iter().enumerate() {
        let path = format!("databases[{index}]");
        let session = server.connect(&database.name).await?;
        match plan(&session, database, &path, rules.coverage, rulings).await? {
            Ok(plan) => plans.push(plan),
            Err(found) => problems.extend(found),
        }
        session.close().await;
    }
    if problems.is_empty() {
        Ok(plans)
    } else {
        Err(Error::RulesDoNotFit { problems })
    }
}

/// What is to be done in one database, or what keeps it from being done.
async fn plan(
    session: &Session,
    database: &Database,
    path: &str,
    coverage: Coverage,
    rulings: Rulings,
) -> Result<Result<Plan, Vec<String>>, Error> {
    if database.tables.is_empty() {
        return Ok(Ok(Plan::default()));
    }
    let found = session.find().await?;
    let mut problems = of_the_database(&found, database, path);
    let plan = match fit(database, path, coverage, rulings, &found.tables, USUAL_SCHEMA) {
        Ok(plan) => plan,
        Err(unfit) => {
            problems.extend(unfit);
            return Ok(Err(problems));
        }
    };
    for work in plan.works().filter(|work| work.masked().next().is_some()) {
        let tried = session.try_masks(work, found.raw_texts).await?;
        problems.extend(tried.into_iter().map(|problem| format!("{path}.{problem}")));
    }
    Ok(if problems.is_empty() {
        Ok(Plan {
            raw_texts: found.raw_texts,
            ..plan
        })
    } else {
        Err(problems)
    })
}

/// What keeps a database as a whole from being masked.
fn of_the_database(found: &Found, database: &Database, path: &str) -> Vec<String> {
    let (name, owner) = (&database.name, &found.owner);
    let objects = (found.large_objects > 0).then(|| {
        format!(
            "{path}: {name} has {} large objects, whose content no mask reaches: remove them on the source, or use sql alone",
            found.large_objects
        )
    });
    let statistics = (!found.ours).then(|| {
        format!(
            "{path}: {name} belongs to the role {owner}, so that the secret's user cannot rewrite its statistics, which hold \
             values: GRANT {owner} to it on the source"
        )
    });
    objects.into_iter().chain(statistics).collect()
}
