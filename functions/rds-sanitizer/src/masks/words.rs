//! The words that fakes are made of: invented people, places and companies. Their order is part of what a key gives:
//! a change changes every replacement.

pub(super) const FIRST: [&str; 64] = [
    "Ada", "Alma", "Amir", "Anton", "Aria", "Asha", "Bela", "Boris", "Cara", "Carl", "Chen", "Clara", "Dana", "David",
    "Dora", "Edgar", "Elin", "Emil", "Erik", "Esme", "Fay", "Felix", "Flora", "Gina", "Goran", "Greta", "Hana",
    "Henri", "Ida", "Igor", "Ines", "Ivan", "Jana", "Jonas", "Juno", "Karin", "Kofi", "Lara", "Leo", "Lina", "Malik",
    "Maren", "Mina", "Nadia", "Niko", "Nora", "Olaf", "Omar", "Otto", "Paula", "Petra", "Quinn", "Rana", "Remy",
    "Rosa", "Sami", "Selma", "Simon", "Tara", "Theo", "Uma", "Vera", "Yara", "Zeno",
];

pub(super) const LAST: [&str; 64] = [
    "Abbot", "Adler", "Alder", "Archer", "Baker", "Barlow", "Becker", "Berg", "Bishop", "Brandt", "Brook", "Carver",
    "Castel", "Cooper", "Corvin", "Dahl", "Dalton", "Drake", "Easton", "Ekman", "Falk", "Farrow", "Fisher", "Fontana",
    "Forster", "Garcia", "Glover", "Grant", "Haas", "Hale", "Harper", "Holm", "Ito", "Jansen", "Keller", "Kim",
    "Kovac", "Lang", "Larsen", "Lopez", "Marsh", "Mason", "Meyer", "Moreau", "Nolan", "Novak", "Okoro", "Olsen",
    "Parker", "Perez", "Quist", "Reed", "Rossi", "Sato", "Sharma", "Silva", "Stone", "Tanner", "Torres", "Vogel",
    "Walker", "Weber", "Young", "Zeller",
];

pub(super) const PLACE: [&str; 32] = [
    "Amber", "Ashford", "Birch", "Bramble", "Cedar", "Chapel", "Cliff", "Coral", "Elm", "Fern", "Garden", "Glen",
    "Granite", "Harbour", "Hazel", "Heron", "Ivy", "Juniper", "Lake", "Linden", "Maple", "Meadow", "Mill", "North",
    "Orchard", "Pine", "Quarry", "River", "Station", "Summit", "Willow", "Winter",
];

pub(super) const TOWN: [&str; 16] = [
    "bridge", "brook", "bury", "dale", "field", "ford", "gate", "ham", "haven", "hurst", "mouth", "port", "stead",
    "ton", "view", "wick",
];

pub(super) const TRADE: [&str; 16] = [
    "Analytics",
    "Bakery",
    "Books",
    "Design",
    "Energy",
    "Foods",
    "Freight",
    "Gardens",
    "Glass",
    "Labs",
    "Marine",
    "Motors",
    "Optics",
    "Paper",
    "Robotics",
    "Textiles",
];

pub(super) const TEXT: [&str; 64] = [
    "able", "acre", "amber", "arch", "atlas", "autumn", "bark", "basin", "beam", "bell", "bridge", "bright", "calm",
    "candle", "canvas", "chalk", "cloud", "copper", "coral", "crisp", "dawn", "delta", "drift", "dune", "early",
    "ember", "even", "fable", "field", "flint", "gentle", "glass", "grain", "harbour", "hollow", "island", "ivory",
    "kettle", "lamp", "level", "linen", "maple", "marble", "meadow", "mellow", "north", "olive", "orbit", "paper",
    "pebble", "plain", "quiet", "river", "saddle", "silver", "slate", "spring", "stone", "summer", "thread", "timber",
    "valley", "velvet", "winter",
];
