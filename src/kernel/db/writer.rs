//! Writing SQLite: one transaction after the other, and one commit for all that waited together.
//!
//! SQLite has one writer, and a commit waits for the disk. Of many who write at once each would wait for it in turn, behind all the
//! others. So whoever has written while others wait for their turn does not commit: she lets them write in the same transaction, each
//! behind a savepoint, and when her turn has come round again one commit makes all of it last. Nobody is told that her write is done
//! before that. Who fails, or goes away, takes back what is behind her savepoint and nothing else; a commit that fails fails for all
//! who wrote in it, and nothing of it lasts.
//!
//! Turns are taken in the order in which they were asked for, so a transaction holds those who waited when its first was done, and no
//! more. Who writes alone begins and commits as she would without all this.

use std::{ops::Deref, sync::Arc, time::Duration};

use sea_orm::{
    ConnAcquireErr, DatabaseConnection, DatabaseTransaction, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait as _,
};
use tokio::sync::{Mutex, OwnedMutexGuard, oneshot};

use super::sql;

/// The one who writes to a file. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(super) struct Writer {
    connection: DatabaseConnection,
    turn: Arc<Mutex<Option<Group>>>,
    /// How long a write waits for its turn.
    wait: Duration,
}

/// Those who write in one transaction.
struct Group {
    tx: Arc<DatabaseTransaction>,
    /// Who has written, and is to be told whether it lasts.
    written: Vec<oneshot::Sender<Result<(), DbErr>>>,
    /// Whether a savepoint stands before what was written last. Before what the first of them writes there is none.
    has_savepoint: bool,
    /// Whether who wrote last had not come to her end. Once the turn is another's, she never will.
    is_unfinished: bool,
}

impl Writer {
    pub(super) fn new(connection: DatabaseConnection, wait: Duration) -> Self {
        Self { connection, turn: Arc::default(), wait }
    }

    /// The same, over a connection that is watched.
    pub(super) fn over(self, connection: DatabaseConnection) -> Self {
        Self { connection, ..self }
    }

    /// Begins to write when the turn comes.
    ///
    /// # Errors
    /// When it does not come in time, or SQLite cannot begin.
    pub(super) async fn begin(&self) -> Result<Member, DbErr> {
        let turn = tokio::time::timeout(self.wait, Arc::clone(&self.turn).lock_owned()).await;
        let mut turn = turn.map_err(|_| DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))?;
        if let Some(group) = turn.as_mut() {
            match group.welcome().await {
                Ok(()) => return Ok(Member { tx: Arc::clone(&group.tx), turn, writer: self.clone() }),
                Err(error) => self.give_up(turn.take(), &error).await,
            }
        }
        let options = TransactionOptions {
            // A read that becomes a write must not find the lock taken.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let tx = Arc::new(self.connection.begin_with_options(options).await?);
        let group = Group { tx: Arc::clone(&tx), written: Vec::new(), has_savepoint: false, is_unfinished: true };
        *turn = Some(group);
        Ok(Member { tx, turn, writer: self.clone() })
    }

    /// Makes last what was written, when the turn comes round.
    async fn close(self) {
        let mut turn = self.turn.lock().await;
        let Some(group) = turn.take() else { return };
        if let Err(error) = group.tidy().await {
            return self.give_up(Some(group), &error).await;
        }
        let Group { tx, written, .. } = group;
        let committed = match Arc::into_inner(tx) {
            Some(tx) => tx.commit().await,
            None => Err(DbErr::Custom("a transaction is still written in".to_owned())),
        };
        if committed.is_err() {
            self.renew().await;
        }
        for told in written {
            // Who went away needs no answer; what she wrote lasts with that of the others.
            drop(told.send(committed.clone()));
        }
    }

    /// Ends a transaction that nobody can write in any more, as when the disk was full and SQLite took all of it back.
    async fn give_up(&self, group: Option<Group>, error: &DbErr) {
        let Some(Group { tx, written, .. }) = group else { return };
        tracing::warn!(%error, writes = written.len(), "a transaction was lost; those who wrote in it are told");
        drop(tx);
        self.renew().await;
        for told in written {
            drop(told.send(Err(error.clone())));
        }
    }

    /// Closes the connection, so that the next who writes gets another: of one whose transaction ended by itself the library believes
    /// that it is still in it.
    async fn renew(&self) {
        let closed = match self.connection.get_sqlite_connection_pool().acquire().await {
            Ok(connection) => connection.close().await,
            Err(error) => Err(error),
        };
        if let Err(error) = closed {
            tracing::warn!(%error, "a connection whose transaction failed could not be closed");
        }
    }
}

impl Group {
    /// Lets the next one write: what is behind the savepoint from now on is hers. May be broken off, and done again: therefore a
    /// savepoint is never released, but put behind the last, which the commit ends with all others.
    async fn welcome(&mut self) -> Result<(), DbErr> {
        let is_taken_back = self.has_savepoint && self.is_unfinished;
        let text = if is_taken_back { "ROLLBACK TO member" } else { "SAVEPOINT member" };
        sql(text, []).run(&*self.tx).await?;
        (self.has_savepoint, self.is_unfinished) = (true, true);
        Ok(())
    }

    /// Takes back what somebody left unfinished.
    async fn tidy(&self) -> Result<(), DbErr> {
        if self.is_unfinished {
            sql("ROLLBACK TO member", []).run(&*self.tx).await?;
        }
        Ok(())
    }
}

/// One who writes. Dropped without [`Member::commit`], she takes back what she wrote.
pub(super) struct Member {
    /// Before the turn, because fields are dropped in their order: whoever gets it has the transaction to herself.
    tx: Arc<DatabaseTransaction>,
    turn: OwnedMutexGuard<Option<Group>>,
    writer: Writer,
}

impl Member {
    /// Makes what she wrote last, with what others wrote.
    ///
    /// # Errors
    /// When SQLite refuses; then nothing lasts.
    pub(super) async fn commit(mut self) -> Result<(), DbErr> {
        let (told, fate) = oneshot::channel();
        if let Some(group) = self.turn.as_mut() {
            group.is_unfinished = false;
            group.written.push(told);
            if group.written.len() == 1 {
                // Not by whoever waits for it: she may go away, and others wait for it, too.
                tokio::spawn(self.writer.clone().close());
            }
        }
        drop(self);
        // Nobody answers where the service ends.
        fate.await.unwrap_or(Err(DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed)))
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        // Of others who wrote before her one closes the transaction. If she was the first, nobody does.
        if self.turn.as_ref().is_some_and(|group| group.is_unfinished && group.written.is_empty()) {
            *self.turn = None;
        }
    }
}

impl Deref for Member {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &Self::Target {
        &self.tx
    }
}

#[cfg(test)]
mod tests;
