"""The words that the demo's production database is made of, all of them common."""


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


FIRST_NAMES = words(
    """Aaron Abigail Adam Adele Aisha Alan Alba Albert Alice Amara Amir Ana Andre Anita Anton Aria Arjun Astrid Ava Ben
    Bianca Bruno Camila Carl Carmen Cecilia Chen Chloe Clara Conrad Dalia Daniel Daria David Diego Dina Edith Eduardo
    Elena Elias Emil Emma Enzo Erik Esther Eva Fatima Felix Fiona Frank Freya Gabriel Gemma George Greta Hana Hannah
    Hassan Hector Helen Henry Hugo Ida Ines Irene Isaac Ivan Ivy Jack Jamal Jana Jasper Joan Jonas Josef Julia Kai
    Karin Keiko Kenji Kim Lara Lars Layla Leon Lidia Lina Linus Louis Lucia Luis Maja Malik Marco Maria Martin Maya
    Mei Mia Milan Mina Nadia Naomi Nina Noah Nora Olaf Olga Omar Oscar Otto Pablo Paula Pedro Petra Priya Rafael Rania
    Ravi Rita Robin Rosa Ruth Samir Sara Selma Sigrid Simon Sofia Stella Sven Tamar Tara Theo Thomas Tim Uma Vera
    Victor Viola Walter Wei Yara Yusuf Zoe"""
)

LAST_NAMES = words(
    """Abbott Acosta Adler Ahmed Almeida Andersen Archer Bailey Banerjee Barros Bauer Becker Bell Berg Bianchi Blom
    Bondar Borg Brandt Brown Burke Byrne Campos Carter Castro Chandra Chang Clarke Cohen Costa Cruz Dahl Daly Delgado
    Diaz Dietrich Dubois Duran Ekberg Ellis Engel Eriksen Evans Farah Farrell Fischer Flores Foster Franco Fraser Fuchs
    Gallo Garcia Gibson Gomez Graham Grant Greco Gupta Haas Hahn Hansen Harper Hayes Heller Herrera Hill Hoffman Holm
    Horvath Hughes Ibrahim Ivanov Jansen Jensen Johnson Jones Kaplan Kato Kaur Keller Kelly Khan Klein Kowalski Kruger
    Lambert Larsen Lehmann Lindgren Lopez Lund Maier Malik Mancini Marin Martins Meyer Mills Molina Moreau Moreno Mori
    Morris Murphy Nagy Nakamura Nelson Neumann Nguyen Nielsen Novak Nowak Oliveira Olsen Ortega Owens Palmer Park Patel
    Pereira Perez Petrov Pham Popov Quinn Ramos Reid Reyes Ricci Rivera Roberts Rojas Romano Rossi Roy Russo Ryan Saito
    Salazar Santos Sato Schmidt Schulz Serrano Shah Sharma Silva Singh Smith Soto Stein Stone Suzuki Svensson Takeda
    Tanaka Taylor Thomsen Torres Tran Turner Vargas Vega Vogel Wagner Walsh Wang Weber Weiss Wilson Winter Wolff Wood
    Wright Yamada Yilmaz Young Zhang Zimmer"""
)

STREETS = tuple(
    f"{tree} {kind}"
    for tree in words(
        """Acacia Alder Aspen Birch Cedar Cherry Chestnut Cypress Elm Hawthorn Hazel Juniper Laurel Linden
    Magnolia Maple Oak Olive Pine Poplar Rowan Spruce Walnut Willow"""
    )
    for kind in ("Street", "Avenue", "Lane", "Road", "Drive", "Court")
)

CITIES = words(
    """Ashford Bexley Brookfield Carlton Clearwater Easton Fairview Georgetown Greenville Hillsboro Kingston Lakeside
    Lexington Marion Milford Newport Oakdale Oxford Riverside Salem Springfield Union Winchester Woodstock"""
)

PRODUCTS = tuple(
    f"{quality} {thing}"
    for quality in ("Plain", "Classic", "Compact", "Folding", "Large", "Travel", "Workshop", "Garden")
    for thing in words(
        """Backpack Bottle Bowl Candle Chair Clock Cup Desk Fan Kettle Knife Lamp Mirror Mug Notebook Pan
    Pillow Rug Scarf Shelf Stool Table Teapot Towel Umbrella"""
    )
)

ORDER_STATUSES = ("paid", "packed", "shipped", "delivered", "delivered", "delivered", "returned")

SUBJECTS = ("Where is my order?", "Change of address", "Refund", "Damaged item", "Account question", "Invoice copy")
