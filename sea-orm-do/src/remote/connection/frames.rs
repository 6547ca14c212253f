//! The frames of an answer, as they arrive.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::task::{Context, Poll, ready};

use sea_orm::{DbErr, ProxyRow};

use crate::remote::protocol::error::conn_err;
use crate::remote::protocol::value::WireValue;
use crate::remote::protocol::{Failure, Frame, FrameBuffer};
use crate::remote::transport::Body;

/// The frames of an answer.
pub(super) struct Frames {
    body: Body,
    buffer: FrameBuffer,
    /// The first frame, or the end, if it was read before it was asked for.
    first: Option<Option<Frame>>,
    /// The keys of the rows.
    pub(super) keys: Vec<String>,
}

impl Debug for Frames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frames").finish_non_exhaustive()
    }
}

impl From<Failure> for DbErr {
    fn from(failure: Failure) -> Self {
        failure.error.into()
    }
}

impl Frames {
    pub(super) fn new(body: Body) -> Self {
        Self { body, buffer: FrameBuffer::default(), first: None, keys: Vec::new() }
    }

    /// Reads the first frame, which may be an error.
    pub(super) async fn read_first(&mut self) -> Result<(), Failure> {
        match self.next().await? {
            Some(Frame::Keys(keys)) => self.keys = keys,
            first => self.first = Some(first),
        }
        Ok(())
    }

    /// The next frame; `None` at the end of the answer.
    pub(super) fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Frame>, Failure>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Ok(first));
        }
        loop {
            match self.buffer.next()? {
                Some(Frame::Done) => return Poll::Ready(Ok(None)),
                Some(Frame::Failed(failure)) => return Poll::Ready(Err(failure)),
                Some(frame) => return Poll::Ready(Ok(Some(frame))),
                None => match ready!(self.body.as_mut().poll_next(context)) {
                    Some(piece) => self.buffer.push(&piece?),
                    None => {
                        let why = "the connection ended before the answer did: a write may have happened or not";
                        return Poll::Ready(Err(conn_err(why).into()));
                    }
                },
            }
        }
    }

    pub(super) async fn next(&mut self) -> Result<Option<Frame>, Failure> {
        std::future::poll_fn(|context| self.poll_frame(context)).await
    }

    /// # Errors
    /// Fails if the answer is longer.
    pub(super) async fn end(&mut self) -> Result<(), DbErr> {
        match self.next().await? {
            None => Ok(()),
            Some(_) => Err(unfit()),
        }
    }

    /// The rows in a frame.
    pub(super) fn rows(&mut self, frame: Frame) -> Result<Vec<ProxyRow>, DbErr> {
        match frame {
            Frame::Keys(keys) => {
                self.keys = keys;
                Ok(Vec::new())
            }
            Frame::Rows(rows) => rows.into_iter().map(|row| self.row(row)).collect(),
            _ => Err(unfit()),
        }
    }

    fn row(&self, row: Vec<WireValue>) -> Result<ProxyRow, DbErr> {
        if row.len() != self.keys.len() {
            return Err(unfit());
        }
        let value = |(key, value): (&String, WireValue)| {
            let value = value.decode().map_err(|why| DbErr::Type(format!("column `{key}`: {why}")))?;
            Ok::<_, DbErr>((key.clone(), value))
        };
        Ok(ProxyRow::new(self.keys.iter().zip(row).map(value).collect::<Result<BTreeMap<_, _>, _>>()?))
    }
}

pub(super) fn unfit() -> DbErr {
    conn_err("the answer does not fit the request")
}
