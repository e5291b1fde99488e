//! What the tests share. Every test binary includes this module and uses a part of it.
#![allow(dead_code)]

pub(crate) mod loopdev;
pub(crate) mod scan;
pub(crate) mod tools;
