//! Status lists and the places in them.

use crate::{
    credentials::model::{LIST_LENGTH, Place},
    kernel::{
        Fault,
        clock::Timestamp,
        db::{Database, Reader, Sql, WriteTx, sql},
    },
};

/// Lists that are tried before giving up: each is full because another transaction filled it since it was looked at.
const ATTEMPTS_MAX: u32 = 3;

/// Takes the next free place for good, in a new list where the last one is full. Other transactions that take one wait until
/// this one ends.
pub(in crate::credentials) async fn take_place(tx: &WriteTx, now: Timestamp) -> Result<Place, Fault> {
    for _ in 0..ATTEMPTS_MAX {
        let newest = Sql::new("SELECT id, next_index FROM credential_status_list ORDER BY id DESC LIMIT 1");
        let newest = newest.one(&**tx).await?;
        let list = match &newest {
            None => 1,
            Some(row) => {
                let mut next = Reader::new(row)?;
                let (id, taken): (i64, i32) = (next.get()?, next.get()?);
                if u32::try_from(taken).is_ok_and(|taken| taken < LIST_LENGTH) { id } else { id + 1 }
            }
        };
        // One statement that begins the list if need be, locks it, and takes the place; none where it is full by now.
        let text = "INSERT INTO credential_status_list (id, next_index, changes, created_at) VALUES ($1, 1, 0, $2)
            ON CONFLICT (id) DO UPDATE SET next_index = credential_status_list.next_index + 1
            WHERE credential_status_list.next_index < $3
            RETURNING next_index";
        let length = i32::try_from(LIST_LENGTH).map_err(|error| Fault::Internal(error.to_string()))?;
        if let Some(row) = sql(text, [list.into(), now.into(), length.into()]).one(&**tx).await? {
            let next: i32 = Reader::new(&row)?.get()?;
            let index = u32::try_from(next - 1).map_err(|error| Fault::corrupt("status list", error))?;
            return Ok(Place { list, index });
        }
    }
    Err(Fault::Overloaded("places in status lists"))
}

/// How many times something became of a credential of a list; none where there is no such list.
pub(in crate::credentials) async fn changes(db: &Database, list: i64) -> Result<Option<i64>, Fault> {
    let select = sql("SELECT changes FROM credential_status_list WHERE id = $1", [list.into()]);
    let rows = select.rows(db).await?;
    rows.first().map(|row| Ok(Reader::new(row)?.get()?)).transpose()
}
