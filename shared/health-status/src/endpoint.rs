//! Where the API is. It has an active and a passive endpoint in each partition, and a name that says which is which
//! (<https://docs.aws.amazon.com/health/latest/ug/health-api.html>, "Endpoints").

use crate::region::has_shape;

/// The API in one partition of AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Partition {
    /// `aws`.
    Standard,
    /// `aws-cn`. The SDK's own rules know its name and that it is active in cn-northwest-1.
    China,
    /// `aws-us-gov`: both regions have an endpoint, and there is no name to ask for
    /// (<https://docs.aws.amazon.com/general/latest/gr/awshealth.html>).
    Government,
    /// Others, of which AWS writes nothing here: the stack's own region is asked.
    Other,
}

impl Partition {
    pub(crate) fn of(region: &str) -> Self {
        match region {
            _ if region.starts_with("cn-") => Self::China,
            _ if region.starts_with("us-gov-") => Self::Government,
            _ if region.contains("-iso") || region.starts_with("eusc-") => Self::Other,
            _ => Self::Standard,
        }
    }

    /// The name whose CNAME is the active endpoint.
    pub(crate) fn global_name(self) -> Option<&'static str> {
        match self {
            Self::Standard => Some("global.health.amazonaws.com."),
            Self::China => Some("global.health.amazonaws.com.cn."),
            Self::Government | Self::Other => None,
        }
    }

    /// The regions that have an endpoint, the usually active one first.
    fn regions(self) -> [Option<&'static str>; 2] {
        match self {
            Self::Standard => [Some("us-east-1"), Some("us-east-2")],
            Self::China => [Some("cn-northwest-1"), Some("cn-north-1")],
            Self::Government => [Some("us-gov-west-1"), Some("us-gov-east-1")],
            Self::Other => [None, None],
        }
    }

    /// Where to ask while nothing better is known. `own` is the stack's region.
    pub(crate) fn usual(self, own: &str) -> String {
        self.regions()[0].unwrap_or(own).to_owned()
    }

    /// Where to ask when `region` does not answer.
    pub(crate) fn other(self, region: &str) -> Option<&'static str> {
        self.regions().into_iter().flatten().find(|other| *other != region)
    }

    /// The region that an answer of DNS names, `health.REGION.amazonaws.com`. DNS is not proof of anything: what is not
    /// of this shape, or not of this partition, is `None`. A wrong region gets no answer that its certificate allows.
    pub(crate) fn region_of(self, target: &str) -> Option<String> {
        let suffix = match self {
            Self::China => ".amazonaws.com.cn",
            _ => ".amazonaws.com",
        };
        let target = target.to_ascii_lowercase();
        let target = target.strip_suffix('.').unwrap_or(&target);
        let region = target.strip_prefix("health.")?.strip_suffix(suffix)?;
        (has_shape(region) && Self::of(region) == self).then(|| region.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_dns_is_a_region_of_the_partition_or_nothing() {
        let (standard, china) = (Partition::Standard, Partition::China);
        let cases = [
            (standard, "health.us-east-1.amazonaws.com.", Some("us-east-1")),
            (standard, "health.us-east-2.amazonaws.com", Some("us-east-2")),
            (standard, "HEALTH.US-East-2.AmazonAWS.com.", Some("us-east-2")),
            (standard, "health.eu-west-1.amazonaws.com.", Some("eu-west-1")),
            (china, "health.cn-north-1.amazonaws.com.cn.", Some("cn-north-1")),
            (china, "health.us-east-1.amazonaws.com.", None),
            (china, "health.us-east-1.amazonaws.com.cn.", None),
            (standard, "health.cn-north-1.amazonaws.com.", None),
            (standard, "health.cn-north-1.amazonaws.com.cn.", None),
            (standard, "health.us-gov-west-1.amazonaws.com.", None),
            (standard, "health.us-east-1.amazonaws.com.example.com.", None),
            (standard, "health.us-east-1.example.com.", None),
            (standard, "us-east-1.amazonaws.com.", None),
            (standard, "health..amazonaws.com.", None),
            (standard, "health.a.b.us-east-1.amazonaws.com.", None),
            (standard, "health.us-east-1x.amazonaws.com.", None),
            (standard, "", None),
            (standard, ".", None),
        ];
        for (partition, target, region) in cases {
            assert_eq!(partition.region_of(target).as_deref(), region, "{partition:?} {target}");
        }
    }

    #[test]
    fn each_partition_has_its_own_endpoints() {
        let cases = [
            ("eu-west-1", "us-east-1", Some("us-east-2")),
            ("us-east-2", "us-east-1", Some("us-east-2")),
            ("cn-north-1", "cn-northwest-1", Some("cn-north-1")),
            ("us-gov-east-1", "us-gov-west-1", Some("us-gov-east-1")),
            ("us-iso-west-1", "us-iso-west-1", None),
            ("eu-isoe-west-1", "eu-isoe-west-1", None),
            ("eusc-de-east-1", "eusc-de-east-1", None),
        ];
        for (own, usual, other) in cases {
            let partition = Partition::of(own);
            assert_eq!(partition.usual(own), usual, "{own}");
            assert_eq!(partition.other(usual), other, "{own}");
        }
        assert_eq!(Partition::Standard.other("us-east-2"), Some("us-east-1"));
        assert_eq!(Partition::Standard.other("eu-west-1"), Some("us-east-1"));
    }
}
