//! Every image in `fixtures/images`, scanned by the program, against its golden texts; and the same images damaged.

mod damage;
mod fixture;
mod golden;
mod line;
