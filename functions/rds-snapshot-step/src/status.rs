//! What RDS's statuses mean for someone who waits.

/// Whether waiting makes sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// It is available.
    Ready,
    /// It may become available by itself.
    NotReady,
    /// It will not become available by itself.
    NeverReady,
}

/// A DB instance's status (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.DBInstance.Status.html>).
///
/// All other documented statuses (`backing-up`, `creating`, `modifying`, `rebooting`, `upgrading` and so on) end by
/// themselves. One that AWS adds later is waited for: the state machine's number of retries bounds that.
pub(crate) fn of_instance(status: &str) -> Readiness {
    match status {
        "available" => Readiness::Ready,
        "delete-precheck"
        | "deleting"
        | "failed"
        | "insufficient-capacity"
        | "restore-error"
        | "stopped"
        | "stopping"
        | "storage-full" => Readiness::NeverReady,
        other => unless_broken(other),
    }
}

/// A DB snapshot's status: `creating`, `copying`, `available`, and those that AWS's own waiter gives up at
/// (<https://docs.aws.amazon.com/cli/latest/reference/rds/wait/db-snapshot-available.html>).
pub(crate) fn of_snapshot(status: &str) -> Readiness {
    match status {
        "available" => Readiness::Ready,
        "failed" | "deleting" | "deleted" => Readiness::NeverReady,
        other => unless_broken(other),
    }
}

fn unless_broken(status: &str) -> Readiness {
    if status.starts_with("incompatible-") || status.starts_with("inaccessible-") {
        Readiness::NeverReady
    } else {
        Readiness::NotReady
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_status_of_an_instance_is_decided() {
        let passing = [
            "backing-up",
            "configuring-enhanced-monitoring",
            "configuring-iam-database-auth",
            "configuring-log-exports",
            "converting-to-vpc",
            "creating",
            "maintenance",
            "modifying",
            "moving-to-vpc",
            "rebooting",
            "renaming",
            "resetting-master-credentials",
            "starting",
            "storage-config-upgrade",
            "storage-initialization",
            "storage-optimization",
            "upgrading",
            "a-status-of-next-year",
        ];
        let never = [
            "delete-precheck",
            "deleting",
            "failed",
            "inaccessible-encryption-credentials",
            "inaccessible-encryption-credentials-recoverable",
            "incompatible-create",
            "incompatible-network",
            "incompatible-option-group",
            "incompatible-parameters",
            "incompatible-restore",
            "insufficient-capacity",
            "restore-error",
            "stopped",
            "stopping",
            "storage-full",
        ];
        assert_eq!(of_instance("available"), Readiness::Ready);
        for status in passing {
            assert_eq!(of_instance(status), Readiness::NotReady, "{status}");
        }
        for status in never {
            assert_eq!(of_instance(status), Readiness::NeverReady, "{status}");
        }
    }

    #[test]
    fn a_snapshot_that_failed_is_not_waited_for() {
        let cases = [
            ("available", Readiness::Ready),
            ("creating", Readiness::NotReady),
            ("copying", Readiness::NotReady),
            ("failed", Readiness::NeverReady),
            ("deleting", Readiness::NeverReady),
            ("deleted", Readiness::NeverReady),
            ("incompatible-restore", Readiness::NeverReady),
            ("inaccessible-encryption-credentials", Readiness::NeverReady),
        ];
        for (status, readiness) in cases {
            assert_eq!(of_snapshot(status), readiness, "{status}");
        }
    }
}
