"""The words of the world, as plain data.

Every attribute value is a key of one table; its entry lists the wordings, the
canonical one first.  Nouns and adjectives are strings.  Verbs are pairs
`(finite, gerund)`: "moves left", "moving left".  Scenes are pairs
`(preposition, noun phrase)`: "in", "a meadow".  The verbs of two subjects
carry `{b}` where the other subject is named.
"""

from hashlib import blake2b


def stable_hash(*parts: str) -> int:
    """A 64-bit number that depends on the text of `parts` alone."""
    digest = blake2b("|".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


SHAPES = {
    "ball": ["ball", "sphere", "orb", "globe"],
    "cube": ["cube", "block", "box", "square block"],
    "cylinder": ["cylinder", "tube", "drum", "can"],
    "cone": ["cone", "pointed cone", "traffic cone", "party-hat cone"],
    "ring": ["ring", "torus", "hoop", "doughnut"],
    "pyramid": ["pyramid", "square pyramid", "four-sided pyramid", "pointed pyramid"],
}

COLOURS = {
    "red": ["red", "crimson", "scarlet", "ruby"],
    "green": ["green", "emerald", "leaf-green", "bright green"],
    "blue": ["blue", "azure", "cobalt", "royal blue"],
    "yellow": ["yellow", "lemon", "golden", "sunny yellow"],
    "purple": ["purple", "violet", "plum", "amethyst"],
    "orange": ["orange", "tangerine", "pumpkin-coloured", "bright orange"],
    "cyan": ["cyan", "turquoise", "aqua", "light teal"],
    "pink": ["pink", "rose", "bubblegum pink", "hot pink"],
    "white": ["white", "snow-white", "ivory", "chalk-white"],
    "black": ["black", "jet-black", "ebony", "coal-black"],
}

SIZES = {
    "small": ["small", "little", "tiny", "mini"],
    "large": ["large", "big", "huge", "giant"],
}

MATERIALS = {
    "matte": ["matte", "dull", "unpolished", "non-shiny"],
    "shiny": ["shiny", "glossy", "polished", "gleaming"],
}

SCENES = {
    "meadow": [("in", "a green meadow"), ("in", "a meadow"), ("in", "a grassy field"),
               ("on", "a lawn"), ("on", "grassland")],
    "desert": [("in", "a desert"), ("in", "a sandy desert"), ("among", "desert dunes"),
               ("in", "a dry desert"), ("in", "the Sahara")],
    "night": [("at", "night"), ("under", "a night sky"), ("in", "the dark"),
              ("in", "the moonlight"), ("on", "a moonlit plain")],
    "snow": [("in", "the snow"), ("in", "a snowy landscape"), ("on", "a snowfield"),
             ("in", "a winter landscape"), ("on", "snow")],
    "stage": [("on", "a stage"), ("on", "a theatre stage"), ("on", "a wooden stage"),
              ("before", "a red curtain"), ("on", "a stage with a red curtain")],
    "beach": [("on", "a beach"), ("on", "a sandy beach"), ("by", "the sea"),
              ("on", "the seashore"), ("on", "a beach by the ocean")],
}

ACTIONS = {
    "moves left": [("moves left", "moving left"), ("moves to the left", "moving to the left"),
                   ("slides left", "sliding left"), ("glides to the left", "gliding to the left"),
                   ("travels left", "travelling left")],
    "moves right": [("moves right", "moving right"), ("moves to the right", "moving to the right"),
                    ("slides right", "sliding right"), ("glides to the right", "gliding to the right"),
                    ("travels right", "travelling right")],
    "moves toward the camera": [
        ("moves toward the camera", "moving toward the camera"),
        ("comes closer", "coming closer"), ("approaches the camera", "approaching the camera"),
        ("slides toward us", "sliding toward us"), ("glides nearer", "gliding nearer")],
    "moves away": [("moves away", "moving away"),
                   ("moves away from the camera", "moving away from the camera"),
                   ("slides away from us", "sliding away from us"),
                   ("recedes", "receding"), ("glides into the distance", "gliding into the distance")],
    "spins": [("spins", "spinning"), ("rotates", "rotating"), ("turns around", "turning around"),
              ("spins in place", "spinning in place"), ("twirls", "twirling")],
    "bounces": [("bounces", "bouncing"), ("bounces up and down", "bouncing up and down"),
                ("hops up and down", "hopping up and down"), ("keeps bouncing", "bouncing again and again"),
                ("bounces on the ground", "bouncing on the ground")],
    "jumps": [("jumps", "jumping"), ("jumps up once", "jumping up once"),
              ("leaps into the air", "leaping into the air"), ("makes a jump", "making a jump"),
              ("hops once", "hopping once")],
    "grows": [("grows", "growing"), ("gets bigger", "getting bigger"), ("swells up", "swelling up"),
              ("becomes larger", "becoming larger"), ("expands", "expanding")],
    "shrinks": [("shrinks", "shrinking"), ("gets smaller", "getting smaller"),
                ("becomes smaller", "becoming smaller"), ("contracts", "contracting"),
                ("dwindles", "dwindling")],
    "falls": [("falls", "falling"), ("falls from above", "falling from above"),
              ("drops to the ground", "dropping to the ground"), ("drops down", "dropping down"),
              ("falls down and lands", "falling down and landing")],
    "rolls left": [("rolls to the left", "rolling to the left"), ("rolls left", "rolling left"),
                   ("tumbles left", "tumbling left"), ("rolls leftward", "rolling leftward")],
    "rolls right": [("rolls to the right", "rolling to the right"), ("rolls right", "rolling right"),
                    ("tumbles right", "tumbling right"), ("rolls rightward", "rolling rightward")],
    "stands still": [("stands still", "standing still"), ("does not move", "not moving"),
                     ("rests motionless", "resting motionless"), ("stays in place", "staying in place"),
                     ("sits still", "sitting still")],
}

INTERACTIONS = {
    "pushes": [("pushes {b}", "pushing {b}"), ("shoves {b}", "shoving {b}"),
               ("pushes {b} along", "pushing {b} along"),
               ("shoves {b} along", "shoving {b} along")],
    "chases": [("chases {b}", "chasing {b}"), ("runs after {b}", "running after {b}"),
               ("follows {b}", "following {b}"), ("pursues {b}", "pursuing {b}")],
    "circles around": [("circles around {b}", "circling around {b}"),
                       ("moves around {b} in a circle", "moving around {b} in a circle"),
                       ("goes around {b}", "going around {b}"), ("revolves around {b}", "revolving around {b}")],
    "jumps over": [("jumps over {b}", "jumping over {b}"), ("leaps over {b}", "leaping over {b}"),
                   ("hops over {b}", "hopping over {b}"), ("vaults over {b}", "vaulting over {b}")],
    "hits": [("hits {b}, which rolls away", "hitting {b}, which rolls away"),
             ("knocks {b} away", "knocking {b} away"),
             ("bumps into {b} and sends it rolling", "bumping into {b} and sending it rolling"),
             ("strikes {b}, which rolls off", "striking {b}, which rolls off")],
    "lands on": [("lands on {b}", "landing on {b}"), ("falls onto {b}", "falling onto {b}"),
                 ("drops on top of {b}", "dropping on top of {b}"),
                 ("comes down on {b}", "coming down on {b}")],
}

# Said of "the camera".
CAMERAS = {
    "static": [("stays still", "staying still"), ("does not move", "not moving"),
               ("is static", "static"), ("remains fixed", "fixed in place")],
    "pan left": [("pans left", "panning left"), ("pans to the left", "panning to the left"),
                 ("turns left", "turning left"), ("swings to the left", "swinging to the left")],
    "pan right": [("pans right", "panning right"), ("pans to the right", "panning to the right"),
                  ("turns right", "turning right"), ("swings to the right", "swinging to the right")],
    "tilt up": [("tilts up", "tilting up"), ("tilts upward", "tilting upward"),
                ("looks up", "looking up"), ("turns upward", "turning upward")],
    "tilt down": [("tilts down", "tilting down"), ("tilts downward", "tilting downward"),
                  ("looks down", "looking down"), ("turns downward", "turning downward")],
    "zoom in": [("zooms in", "zooming in"), ("zooms in on it", "zooming in on it"),
                ("zooms closer", "zooming closer"), ("slowly zooms in", "slowly zooming in")],
    "zoom out": [("zooms out", "zooming out"), ("zooms back out", "zooming back out"),
                 ("zooms away", "zooming away"), ("slowly zooms out", "slowly zooming out")],
    "orbit left": [("orbits to the left", "orbiting to the left"), ("orbits left", "orbiting left"),
                   ("circles around to the left", "circling around to the left"),
                   ("arcs to the left", "arcing to the left")],
    "orbit right": [("orbits to the right", "orbiting to the right"), ("orbits right", "orbiting right"),
                    ("circles around to the right", "circling around to the right"),
                    ("arcs to the right", "arcing to the right")],
    "follow": [("follows it", "following it"), ("tracks it", "tracking it"),
               ("moves along with it", "moving along with it"), ("keeps it in view", "keeping it in view")],
}

FRAMINGS = {
    "wide shot": ["wide shot", "long shot", "full shot", "wide view"],
    "medium shot": ["medium shot", "mid shot", "mid-range shot", "medium view"],
    "close-up": ["close-up", "close shot", "tight shot", "close view"],
}

# Said before "style".
STYLES = {
    "3D": ["3D", "plain 3D", "3D animation", "computer graphics"],
    "black and white": ["black and white", "monochrome", "greyscale", "black-and-white film"],
    "pixel art": ["pixel art", "8-bit pixel art", "retro pixel", "blocky pixel"],
    "pencil sketch": ["pencil sketch", "pencil drawing", "hand-drawn pencil", "graphite sketch"],
    "watercolour": ["watercolour", "watercolour painting", "watercolor", "aquarelle"],
    "ink wash": ["ink wash", "ink wash painting", "brush and ink", "sumi-e"],
}

TABLES = {
    "shape": SHAPES, "colour": COLOURS, "size": SIZES, "material": MATERIALS,
    "scene": SCENES, "action": ACTIONS, "interaction": INTERACTIONS,
    "camera": CAMERAS, "framing": FRAMINGS, "style": STYLES,
}


def held_out_triple(shape: str, colour: str, action: str) -> bool:
    """True for the tenth of (shape, colour, action) kept out of training."""
    return stable_hash("triple", shape, colour, action) % 10 == 0


def held_out_wording(table: str, value: str, wording) -> bool:
    """True for the tenth of wordings kept out of training; never a canonical one."""
    entries = TABLES[table][value]
    if wording == entries[0]:
        return False
    text = wording if isinstance(wording, str) else " / ".join(wording)
    return stable_hash("wording", table, value, text) % 15 < 2
