//! What became of credentials.

use crate::{
    credentials::model::{CredentialId, StatusEvent, status_list::Told},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, DbErr, Reader, Sql, WriteTx, sql},
    },
};

/// Appends what became of a credential, and counts it on its list.
pub(in crate::credentials) async fn append(
    tx: &WriteTx,
    id: CredentialId,
    list: i64,
    event: &StatusEvent,
) -> Result<(), DbErr> {
    let count = "UPDATE credential_status_list SET changes = changes + 1 WHERE id = $1";
    sql(count, [list.into()]).run(&**tx).await?;
    let insert = "INSERT INTO credential_status_event (credential_id, status, effective_at, recorded_at, reason)
        VALUES ($1, $2, $3, $4, $5)";
    let values = [
        id.uuid().into(),
        event.status.as_str().into(),
        event.effective_at.into(),
        event.recorded_at.into(),
        event.reason.as_str().into(),
    ];
    sql(insert, values).run(&**tx).await?;
    Ok(())
}

/// What became of the credentials of a list, by their places.
pub(in crate::credentials) async fn of_list(db: &Database, list: i64) -> Result<Told, Fault> {
    let mut select = Sql::new(
        "SELECT c.list_index, e.status, e.effective_at, e.recorded_at, e.reason
         FROM credential_status_event e JOIN credential c ON c.id = e.credential_id WHERE c.list_id = ",
    );
    select.bind(list).push(" ORDER BY c.list_index, e.id");
    let mut told = Told::new();
    for row in &select.rows(db).await? {
        let mut next = Reader::new(row)?;
        let index: i32 = next.get()?;
        let index = u32::try_from(index).map_err(|error| Fault::corrupt("place in a status list", error))?;
        let Some(event) = event(&mut next)? else { continue };
        match told.last_mut() {
            Some((last, events)) if *last == index => events.push(event),
            Some(_) | None => told.push((index, vec![event])),
        }
    }
    Ok(told)
}

/// The next columns as what became of a credential, if anything did.
pub(super) fn event(next: &mut Reader<'_>) -> Result<Option<StatusEvent>, Fault> {
    let status: Option<&str> = next.get()?;
    let (effective_at, recorded_at): (Option<Timestamp>, Option<Timestamp>) = (next.get()?, next.get()?);
    let reason: Option<String> = next.get()?;
    let (Some(status), Some(effective_at), Some(recorded_at), Some(reason)) =
        (status, effective_at, recorded_at, reason)
    else {
        return Ok(None);
    };
    let status = status.parse().map_err(|error| Fault::corrupt("credential status", error))?;
    Ok(Some(StatusEvent { status, effective_at, recorded_at, reason }))
}
