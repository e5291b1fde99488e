//! The role of each step is one that its way back allows.

use super::node::{Node, request};
use super::resume::after;
use super::temporary::under_pressure;
use super::{planned, pressed};
use crate::engine::assert_roles_fit;

#[test]
fn every_step_of_every_rest_of_a_plan_has_a_role_that_its_way_back_allows() {
    for (node, request) in [(Node::small(), request()), (under_pressure(Node::small()), pressed())] {
        let steps = planned(&node.growth(), &request).steps;
        assert!(steps.len() >= 11, "{steps:?}");
        for done in 0..=steps.len() {
            assert_roles_fit(&planned(&after(&node, &request, done).growth(), &request).steps);
        }
    }
}
