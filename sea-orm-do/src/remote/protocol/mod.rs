//! The requests and answers of a remote connection, and how they are written.
//!
//! A request is the [`MAGIC`], the version, and a [`Request`] in
//! [postcard](https://postcard.jamesmunns.com/wire-format). An answer is a row of frames, each behind its length in
//! four bytes, little-endian. It begins with [`Frame::Begin`] and ends with [`Frame::Done`] or [`Frame::Failed`]: one
//! that ends otherwise was cut short.

pub(in crate::remote) mod error;
pub(in crate::remote) mod profile;
pub(in crate::remote) mod value;

use sea_orm::DbErr;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use self::error::{WireError, conn_err};
use self::value::{WireStatement, WireValue, bytes};

/// What each request begins with.
const MAGIC: [u8; 4] = *b"SODO";
/// The version of the protocol. A side refuses every other one.
pub(in crate::remote) const VERSION: u8 = 1;

/// A random number that identifies something.
pub(in crate::remote) type Id = [u8; 16];

/// A value in postcard, which is decoded only when it is needed, so that a request takes hardly more memory than its bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::remote) struct Packed(#[serde(with = "bytes")] Vec<u8>);

impl Packed {
    pub(in crate::remote) fn of<T: Serialize>(value: &T) -> Self {
        Self(encode(value))
    }

    /// # Errors
    /// `DbErr::Conn` for what is no such value.
    pub(in crate::remote) fn unpack<T: DeserializeOwned>(&self) -> Result<T, DbErr> {
        decode(&self.0)
    }

    /// The number of elements of a list.
    ///
    /// # Errors
    /// `DbErr::Conn` for what is no list.
    pub(in crate::remote) fn count(&self) -> Result<usize, DbErr> {
        // A list begins with it.
        let count = postcard::take_from_bytes::<u32>(&self.0).map_err(|error| unreadable(&error))?.0;
        Ok(count as usize)
    }

    pub(in crate::remote) fn len(&self) -> usize {
        self.0.len()
    }
}

/// A request.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::remote) struct Request {
    /// The epoch that the request is meant for; `None` on a way that nobody can record.
    pub(in crate::remote) epoch: Option<Id>,
    pub(in crate::remote) id: Id,
    /// How the connection [reads](profile).
    #[serde(with = "bytes")]
    pub(in crate::remote) profile: Vec<u8>,
    pub(in crate::remote) operation: Operation,
}

#[derive(Debug, Serialize, Deserialize)]
pub(in crate::remote) enum Operation {
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
pub(in crate::remote) struct WireQuery {
    pub(in crate::remote) statement: WireStatement,
    /// An [`Asked`].
    pub(in crate::remote) asked: Option<Packed>,
}

/// A statement of a batch.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::remote) struct WireStep {
    pub(in crate::remote) statement: WireStatement,
    /// What its rows are read as; `None` for a statement whose rows are not read.
    pub(in crate::remote) rows: Option<Option<Packed>>,
    /// What its outcome must be, or else the batch is undone.
    /// A list of [`Expected`].
    pub(in crate::remote) expected: Packed,
}

/// A condition on the outcome of a statement.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::remote) enum Expected {
    Affected(u64),
    Rows(u64),
    /// Values of the only row, by name.
    Row(Vec<(String, WireValue)>),
}

/// A part of an answer.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::remote) enum Frame {
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
pub(in crate::remote) struct Failure {
    /// The statement of a batch, from 0.
    pub(in crate::remote) at: Option<usize>,
    /// Whether the statement ran, but not as expected.
    pub(in crate::remote) is_unexpected: bool,
    pub(in crate::remote) error: WireError,
}

impl From<DbErr> for Failure {
    fn from(error: DbErr) -> Self {
        Self { at: None, is_unexpected: false, error: error.into() }
    }
}

impl Request {
    pub(in crate::remote) fn encode(&self) -> Vec<u8> {
        let mut bytes = [&MAGIC[..], &[VERSION]].concat();
        bytes.extend(encode(self));
        bytes
    }

    /// # Errors
    /// `DbErr::Conn` for bytes that are no request of this version.
    pub(in crate::remote) fn decode(bytes: &[u8]) -> Result<Self, DbErr> {
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
    pub(in crate::remote) fn encode(&self) -> Vec<u8> {
        let frame = encode(self);
        let length = u32::try_from(frame.len()).unwrap_or(u32::MAX);
        [&length.to_le_bytes()[..], &frame].concat()
    }
}

/// The frames in bytes that arrive in pieces.
#[derive(Debug, Default)]
pub(in crate::remote) struct FrameBuffer {
    bytes: Vec<u8>,
    /// Where the next frame begins.
    at: usize,
}

impl FrameBuffer {
    pub(in crate::remote) fn push(&mut self, piece: &[u8]) {
        self.bytes.drain(..self.at);
        self.at = 0;
        self.bytes.extend_from_slice(piece);
    }

    /// The next frame, once all of it has arrived.
    ///
    /// # Errors
    /// `DbErr::Conn` for bytes that are no frame.
    pub(in crate::remote) fn next(&mut self) -> Result<Option<Frame>, DbErr> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some((length, rest)) = rest.split_first_chunk() else { return Ok(None) };
        let length = u32::from_le_bytes(*length) as usize;
        let Some(frame) = rest.get(..length) else { return Ok(None) };
        self.at += size_of::<u32>() + length;
        decode(frame).map(Some)
    }
}

pub(in crate::remote) fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    // Only a collection of unknown length fails, and there is none.
    postcard::to_allocvec(value).unwrap_or_default()
}

/// # Errors
/// `DbErr::Conn` for other bytes, for too few and for too many.
pub(in crate::remote) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, DbErr> {
    match postcard::take_from_bytes(bytes) {
        Ok((value, [])) => Ok(value),
        Ok(_) => Err(conn_err("there are bytes behind the end of the message")),
        Err(error) => Err(unreadable(&error)),
    }
}

fn unreadable(error: &postcard::Error) -> DbErr {
    conn_err(format!("the message cannot be read: {error}"))
}
