//! The requests and answers of a remote connection, and how they are written.
//!
//! A request is the [`MAGIC`], the version, and a [`Request`] in
//! [postcard](https://postcard.jamesmunns.com/wire-format). An answer is a row of frames, each behind its length in
//! four bytes, little-endian. It begins with [`Frame::Begin`] and ends with [`Frame::Done`] or [`Frame::Failed`]: one
//! that ends otherwise was cut short.

use sea_orm::DbErr;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::{WireError, conn_err};
use super::value::{WireStatement, WireValue, bytes};

/// What each request begins with.
const MAGIC: [u8; 4] = *b"SODO";
/// The version of the protocol. A side refuses every other one.
pub(super) const VERSION: u8 = 1;

/// A random number that identifies something.
pub(super) type Id = [u8; 16];

/// A value in postcard, which is decoded only when it is needed, so that a request takes hardly more memory than its bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Packed(#[serde(with = "bytes")] Vec<u8>);

impl Packed {
    pub(super) fn of<T: Serialize>(value: &T) -> Self {
        Self(encode(value))
    }

    /// # Errors
    /// `DbErr::Conn` for what is no such value.
    pub(super) fn unpack<T: DeserializeOwned>(&self) -> Result<T, DbErr> {
        decode(&self.0)
    }

    /// The number of elements of a list.
    ///
    /// # Errors
    /// `DbErr::Conn` for what is no list.
    pub(super) fn count(&self) -> Result<usize, DbErr> {
        // A list begins with it.
        let count = postcard::take_from_bytes::<u32>(&self.0).map_err(|error| unreadable(&error))?.0;
        Ok(count as usize)
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// A request.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Request {
    /// The [epoch](super::replay) of the object that the request is meant for.
    pub(super) epoch: Id,
    pub(super) id: Id,
    /// How the connection [reads](super::profile).
    #[serde(with = "bytes")]
    pub(super) profile: Vec<u8>,
    pub(super) operation: Operation,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Operation {
    Execute(WireStatement),
    /// Several statements in one text, all or nothing.
    Script(String),
    Query(WireQuery),
    /// A query whose rows are read while they are sent.
    Stream(WireQuery),
    /// A list of packed [`WireStep`]s.
    Batch(Packed),
    Schema,
    Explain(WireStatement),
    Size,
    Export,
    Import(String),
    MigrationStatus,
    Migrate {
        steps: Option<u32>,
    },
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireQuery {
    pub(super) statement: WireStatement,
    /// An [`Asked`].
    pub(super) asked: Option<Packed>,
}

/// A statement of a batch.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct WireStep {
    pub(super) statement: WireStatement,
    /// What its rows are read as; `None` for a statement whose rows are not read.
    pub(super) rows: Option<Option<Packed>>,
    /// What its outcome must be, or else the batch is undone.
    /// A list of [`Expected`].
    pub(super) expected: Packed,
}

/// A condition on the outcome of a statement.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Expected {
    Affected(u64),
    Rows(u64),
    /// Values of the only row, by name.
    Row(Vec<(String, WireValue)>),
}

/// A part of an answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Frame {
    /// The object's epoch, and whether the request was meant for another one, so that nothing was done.
    Begin {
        epoch: Id,
        is_stale: bool,
    },
    Executed {
        rows_affected: u64,
        last_insert_id: u64,
    },
    /// The keys of the rows that follow.
    Keys(Vec<String>),
    Rows(Vec<Vec<WireValue>>),
    Text(String),
    /// An answer of another type, in postcard.
    Value(#[serde(with = "bytes")] Vec<u8>),
    /// The end of a statement of a batch.
    End,
    Failed(Failure),
    Done,
}

/// Why a request failed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Failure {
    /// The statement of a batch, from 0.
    pub(super) at: Option<usize>,
    /// Whether the statement ran, but not as expected.
    pub(super) is_unexpected: bool,
    pub(super) error: WireError,
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self { at: None, is_unexpected: false, error: error.into() }
    }
}

impl Request {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = [&MAGIC[..], &[VERSION]].concat();
        bytes.extend(encode(self));
        bytes
    }

    /// # Errors
    /// `DbErr::Conn` for bytes that are no request of this version.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, DbErr> {
        match bytes.strip_prefix(&MAGIC) {
            Some([VERSION, request @ ..]) => decode(request),
            Some([other, ..]) => Err(conn_err(format!(
                "the request is in version {other} of the protocol, and this object answers version {VERSION}: use the \
                 same version of sea-orm-do on both sides"
            ))),
            Some([]) | None => Err(conn_err("this is not a request of a remote connection of sea-orm-do")),
        }
    }
}

impl Frame {
    /// The frame behind its length.
    pub(super) fn encode(&self) -> Vec<u8> {
        let frame = encode(self);
        let length = u32::try_from(frame.len()).unwrap_or(u32::MAX);
        [&length.to_le_bytes()[..], &frame].concat()
    }
}

/// The frames in bytes that arrive in pieces.
#[derive(Debug, Default)]
pub(super) struct FrameBuffer {
    bytes: Vec<u8>,
    /// Where the next frame begins.
    at: usize,
}

impl FrameBuffer {
    pub(super) fn push(&mut self, piece: &[u8]) {
        self.bytes.drain(..self.at);
        self.at = 0;
        self.bytes.extend_from_slice(piece);
    }

    /// The next frame, once all of it has arrived.
    ///
    /// # Errors
    /// `DbErr::Conn` for bytes that are no frame.
    pub(super) fn next(&mut self) -> Result<Option<Frame>, DbErr> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some((length, rest)) = rest.split_first_chunk() else { return Ok(None) };
        let length = u32::from_le_bytes(*length) as usize;
        let Some(frame) = rest.get(..length) else { return Ok(None) };
        self.at += size_of::<u32>() + length;
        decode(frame).map(Some)
    }
}

pub(super) fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    // Only a collection of unknown length fails, and there is none.
    postcard::to_allocvec(value).unwrap_or_default()
}

/// # Errors
/// `DbErr::Conn` for other bytes, for too few and for too many.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DbErr> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok(_) => Err(conn_err("there are bytes behind the end of the message")),
        Err(error) => Err(unreadable(&error)),
    }
}

fn unreadable(error: &postcard::Error) -> DbErr {
    conn_err(format!("the message cannot be read: {error}"))
}
