# ruff: noqa: E501  (one product type, one paragraph: the table reads worse when it is broken up)
"""What the sample shop sells: each product type with its place in the hierarchy, styles, cloths, colours and prices.

Names of types, departments, categories, colours, seasons and usages are those of the real data, so that a network trained on
it speaks of the drawn shop in the same words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sample_shop import (
    beauty,
    casual_shoes,
    dresses,
    handbags,
    headwear,
    heels,
    jackets,
    jewellery,
    lower,
    open_shoes,
    packs,
    perfume,
    purses,
    shirts,
    shoes,
    short_wear,
    small_wear,
    sunglasses,
    warm,
    watches,
)
from sample_shop.colours import Look
from sample_shop.ink import Drawing


@dataclass(frozen=True)
class Kind:
    """One product type. Repeated values are more likely ones; a pattern `Solid` and a style `""` go unnamed."""

    product_type: str
    department: str
    category: str
    noun: str
    draw: Callable[[Look], Drawing]
    styles: tuple[str, ...]
    colours: tuple[str, ...]
    price: tuple[float, float]
    patterns: tuple[str, ...] = ("Solid",)
    genders: tuple[str, ...] = ("Women",)
    seasons: tuple[str, ...] = ("Summer", "Summer", "Fall")
    usages: tuple[str, ...] = ("Casual",)


BRIGHT = (
    "Black",
    "White",
    "Blue",
    "Navy Blue",
    "Red",
    "Grey",
    "Green",
    "Yellow",
    "Purple",
    "Pink",
    "Orange",
    "Teal",
    "Maroon",
)
SOFT = (
    "White",
    "Pink",
    "Black",
    "Peach",
    "Turquoise Blue",
    "Lavender",
    "Red",
    "Green",
    "Mustard",
    "Navy Blue",
    "Cream",
    "Magenta",
    "Sea Green",
    "Rose",
)
EARTH = ("Black", "Brown", "Grey", "Beige", "Navy Blue", "Khaki", "Olive", "Charcoal", "Coffee Brown", "Cream")
LEATHER = ("Black", "Brown", "Tan", "Coffee Brown", "Maroon", "Burgundy")
METALS = ("Gold", "Silver", "Gold", "Silver", "Copper", "Bronze")
MEN = ("Men", "Men", "Men", "Boys")
BOTH = ("Men", "Women")
LADIES = ("Women", "Women", "Women", "Girls")
PRINTS = ("Floral", "Floral", "Polka Dot", "Striped", "Printed", "Solid", "Solid", "Gingham", "Chevron", "Checked")

ONLY_SOLID = {
    "Denim",
    "Leather",
    "Puffer",
    "Box",
    "Fisherman",
    "Zip Around",
    "Braided",
    "Turtleneck",
    "Loafers",
    "Boat",
    "Desert Boot",
}
"""Styles that are always plain, whatever cloths their type has."""

STYLE_COLOURS = {
    "Chain": METALS,
    "Bangle": METALS,
    "Hoop": METALS,
    "Denim": ("Blue", "Navy Blue", "Black", "Grey"),
    "Leather": LEATHER,
    "Loafers": LEATHER,
    "Boat": ("Tan", "Brown", "Navy Blue", "Olive"),
    "Desert Boot": ("Khaki", "Brown", "Tan", "Grey", "Coffee Brown"),
    "Aviator": ("Gold", "Silver", "Black", "Copper"),
}
"""Styles that come in some colours only (for clothes, shoes and eyewear; a watch's leather strap keeps its own)."""

STYLE_NAMES = {
    "Sneakers": "Sneakers",
    "High-Top": "High-Top Sneakers",
    "Slip-On": "Slip-On Shoes",
    "Loafers": "Loafers",
    "Boat": "Boat Shoes",
    "Desert Boot": "Desert Boots",
    "Running": "Running Shoes",
    "Training": "Training Shoes",
    "Derby": "Derby Shoes",
    "Oxford": "Oxford Shoes",
    "Brogue": "Brogues",
    "Penny": "Penny Loafers",
    "Monk Strap": "Monk Strap Shoes",
    "Pumps": "Pumps",
    "Wedges": "Wedges",
    "Block Heels": "Block Heels",
    "Cardigan": "Cardigan",
    "Beanie": "Beanie",
    "Tote": "Tote Bag",
    "Hobo": "Hobo Bag",
    "Shoulder": "Shoulder Bag",
    "Day": "Day Pack",
    "Rucksack": "Rucksack",
    "Eau de Parfum": "Eau de Parfum",
    "Body Mist": "Body Mist",
    "Bangle": "Bangle",
}
"""Styles that a shop would not name as style and noun."""

KINDS: tuple[Kind, ...] = (
    Kind("Tshirts", "Apparel", "Topwear", "T-shirt", shirts.tshirt,
         ("Round Neck", "Round Neck", "V-Neck", "Polo", "Long Sleeve", "Ringer"), BRIGHT, (9, 35),
         ("Graphic", "Graphic", "Solid", "Striped", "Striped", "Colourblocked", "Camouflage"), ("Men", "Men", "Women", "Boys", "Girls"), usages=("Casual", "Casual", "Sports")),
    Kind("Shirts", "Apparel", "Topwear", "Shirt", shirts.shirt, ("Full Sleeve", "Full Sleeve", "Half Sleeve", "Mandarin Collar"),
         ("Blue", "White", "Black", "Red", "Purple", "Green", "Navy Blue", "Grey", "Lavender", "Pink", "Peach", "Khaki"), (22, 69),
         ("Checked", "Checked", "Solid", "Striped", "Pinstriped", "Gingham", "Floral", "Printed"), ("Men", "Men", "Men", "Women", "Boys"), ("Fall", "Summer"), ("Casual", "Formal")),
    Kind("Tops", "Apparel", "Topwear", "Top", shirts.top, ("Sleeveless", "Puff Sleeve", "Bell Sleeve", "Cap Sleeve"), SOFT, (15, 45), PRINTS, LADIES),
    Kind("Kurtas", "Apparel", "Topwear", "Kurta", dresses.kurta, ("Three-Quarter Sleeve", "Sleeveless", "Long Sleeve"),
         ("Blue", "White", "Green", "Pink", "Red", "Purple", "Mustard", "Cream", "Turquoise Blue", "Maroon", "Orange"), (19, 59),
         ("Printed", "Printed", "Solid", "Floral", "Striped", "Chevron"), ("Women", "Women", "Women", "Men"), usages=("Ethnic",)),
    Kind("Sweaters", "Apparel", "Topwear", "Sweater", warm.sweater, ("Crew Neck", "V-Neck", "Cardigan", "Turtleneck"),
         ("Grey", "Black", "Blue", "Navy Blue", "Red", "Green", "Purple", "Cream", "Maroon", "Mustard", "Teal", "Rust"), (29, 89),
         ("Knit", "Cable Knit", "Argyle", "Fair Isle", "Striped", "Chevron"), BOTH, ("Fall", "Fall", "Winter")),
    Kind("Sweatshirts", "Apparel", "Topwear", "Sweatshirt", warm.sweatshirt, ("Hooded", "Hooded", "Zip Hooded", "Crew Neck", "Half Zip"),
         BRIGHT, (25, 69), ("Solid", "Solid", "Graphic", "Colourblocked"), ("Men", "Men", "Women", "Boys"), ("Fall", "Fall", "Winter"), ("Casual", "Casual", "Sports")),
    Kind("Jackets", "Apparel", "Topwear", "Jacket", jackets.jacket, ("Bomber", "Puffer", "Denim", "Leather"),
         ("Black", "Blue", "Navy Blue", "Grey", "Red", "White", "Olive", "Mustard", "Burgundy"), (49, 189), ("Solid", "Solid", "Colourblocked"), BOTH, ("Fall", "Winter"), ("Casual", "Casual", "Sports")),
    Kind("Dresses", "Apparel", "Dress", "Dress", dresses.dress, ("Flared", "Flared", "Sheath", "Maxi", "Tiered"),
         ("Black", "Blue", "Pink", "White", "Navy Blue", "Purple", "Red", "Teal", "Yellow", "Peach", "Green"), (29, 119), (*PRINTS, "Colourblocked"), LADIES, usages=("Casual", "Casual", "Casual", "Party")),
    Kind("Jeans", "Apparel", "Bottomwear", "Jeans", lower.jeans, ("Skinny", "Slim", "Straight", "Loose", "Flared"), ("Blue", "Blue", "Navy Blue", "Black", "Grey"), (35, 99), genders=("Men", "Women", "Boys")),
    Kind("Trousers", "Apparel", "Bottomwear", "Trousers", lower.trousers, ("Formal", "Chino", "Cargo", "Pleated", "Wide Leg"), EARTH, (29, 89), ("Solid", "Solid", "Solid", "Pinstriped", "Checked"), ("Men", "Men", "Women"), usages=("Formal", "Casual")),
    Kind("Track Pants", "Apparel", "Bottomwear", "Track Pants", lower.track_pants, ("Cuffed", "Regular", "Relaxed"), ("Black", "Grey", "Navy Blue", "Blue", "Charcoal", "Maroon", "Olive"), (19, 59), genders=("Men", "Men", "Women"), usages=("Sports", "Casual")),
    Kind("Leggings", "Apparel", "Bottomwear", "Leggings", lower.leggings, ("Full Length", "Cropped"), ("Black", "Blue", "Pink", "Purple", "Green", "Red", "Navy Blue", "Magenta", "Mustard", "Teal"), (12, 39), ("Solid", "Solid", "Floral", "Printed", "Striped", "Camouflage"), LADIES),
    Kind("Shorts", "Apparel", "Bottomwear", "Shorts", short_wear.shorts, ("Chino", "Sports", "Denim", "Cargo"), ("Black", "Blue", "Navy Blue", "White", "Grey", "Beige", "Khaki", "Red", "Olive"), (15, 49), ("Solid", "Solid", "Checked", "Printed"), ("Men", "Men", "Women", "Boys"), usages=("Casual", "Sports")),
    Kind("Skirts", "Apparel", "Bottomwear", "Skirt", short_wear.skirt, ("A-Line", "Pleated", "Pencil", "Tiered", "Denim"), ("Blue", "Black", "Grey", "Pink", "Red", "Navy Blue", "Cream", "Mustard", "Green", "Maroon"), (19, 59), (*PRINTS, "Herringbone"), LADIES),
    Kind("Casual Shoes", "Footwear", "Shoes", "Casual Shoes", casual_shoes.casual_shoe, ("Sneakers", "Sneakers", "High-Top", "Slip-On", "Loafers", "Boat", "Desert Boot"),
         ("Black", "White", "Navy Blue", "Blue", "Grey", "Red", "Green", "Olive", "Mustard", "Teal"), (35, 109), ("Solid", "Solid", "Solid", "Checked", "Printed", "Striped"), ("Men", "Men", "Women", "Unisex")),
    Kind("Sports Shoes", "Footwear", "Shoes", "Sports Shoes", shoes.sports_shoe, ("Running", "Training"), ("White", "Black", "Grey", "Blue", "Silver", "Navy Blue", "Red", "Lime Green", "Orange", "Purple"), (45, 139), genders=("Men", "Men", "Women"), usages=("Sports",)),
    Kind("Formal Shoes", "Footwear", "Shoes", "Formal Shoes", shoes.formal_shoe, ("Derby", "Oxford", "Brogue", "Penny", "Monk Strap"), ("Black", "Brown", "Tan", "Coffee Brown", "Maroon"), (59, 169), genders=("Men",), usages=("Formal",)),
    Kind("Heels", "Footwear", "Shoes", "Heels", heels.heel, ("Pumps", "Pumps", "Peep Toe", "Strappy", "Wedges", "Block Heels"), ("Black", "Brown", "Gold", "Beige", "Silver", "Blue", "White", "Red", "Pink", "Teal", "Purple"), (39, 119), ("Solid", "Solid", "Solid", "Floral", "Polka Dot"), seasons=("Winter", "Winter", "Summer"), usages=("Casual", "Casual", "Party")),
    Kind("Flats", "Footwear", "Shoes", "Flats", open_shoes.flat, ("Ballerina", "Ballerina", "Open"), ("Black", "Brown", "Gold", "White", "Beige", "Silver", "Blue", "Pink", "Red", "Turquoise Blue", "Mustard"), (25, 69), ("Solid", "Solid", "Polka Dot", "Floral"), seasons=("Winter", "Summer", "Fall")),
    Kind("Sandals", "Footwear", "Sandal", "Sandals", open_shoes.sandal, ("Strapped", "Strapped", "Fisherman", "Slide"), ("Black", "Brown", "Grey", "Blue", "Olive", "Red", "Navy Blue", "Tan", "Khaki"), (25, 79), genders=("Men", "Men", "Unisex", "Boys")),
    Kind("Flip Flops", "Footwear", "Flip Flops", "Flip Flops", open_shoes.flip_flop, ("",), ("Black", "Blue", "Red", "Navy Blue", "Brown", "White", "Green", "Pink", "Yellow", "Orange"), (7, 25), ("Solid", "Solid", "Striped", "Floral", "Printed", "Polka Dot", "Chevron"), ("Men", "Women", "Unisex")),
    Kind("Handbags", "Accessories", "Bags", "Handbag", handbags.handbag, ("Tote", "Satchel", "Hobo", "Shoulder"), ("Black", "Brown", "Blue", "Purple", "Red", "Green", "Pink", "Beige", "Tan", "Mustard", "Teal", "White"), (35, 149), ("Solid", "Solid", "Solid", "Floral", "Checked", "Colourblocked", "Printed"), usages=("Casual",)),
    Kind("Backpacks", "Accessories", "Bags", "Backpack", packs.backpack, ("Day", "Laptop", "Rucksack"), ("Black", "Blue", "Grey", "Red", "Navy Blue", "Green", "Pink", "Olive", "Mustard", "Teal"), (29, 99), ("Solid", "Solid", "Printed", "Camouflage", "Colourblocked", "Floral"), ("Unisex", "Unisex", "Unisex", "Men", "Women"), ("Summer", "Winter", "Fall"), ("Casual", "Casual", "Sports")),
    Kind("Clutches", "Accessories", "Bags", "Clutch", purses.clutch, ("Envelope", "Box", "Pleated"), ("Black", "Gold", "Red", "Purple", "Silver", "Grey", "Green", "Blue", "Pink", "Cream"), (25, 89), ("Solid", "Solid", "Floral", "Printed", "Colourblocked"), usages=("Casual", "Casual", "Party")),
    Kind("Duffel Bag", "Accessories", "Bags", "Duffel Bag", packs.duffel_bag, ("",), ("Black", "Blue", "Olive", "Grey", "Green", "Brown", "Beige", "Red", "Navy Blue"), (35, 109), ("Solid", "Solid", "Colourblocked", "Camouflage", "Checked"), ("Unisex",), ("Summer", "Winter"), ("Casual", "Travel", "Sports")),
    Kind("Wallets", "Accessories", "Wallets", "Wallet", purses.wallet, ("Bifold", "Bifold", "Flap", "Zip Around"), ("Black", "Brown", "Purple", "Red", "Pink", "Blue", "Green", "Grey", "Tan", "Teal"), (15, 69), ("Solid", "Solid", "Solid", "Checked", "Printed", "Colourblocked"), BOTH),
    Kind("Belts", "Accessories", "Belts", "Belt", small_wear.belt, ("Classic", "Plate Buckle", "Braided"), ("Black", "Brown", "Tan", "Red", "White", "Blue", "Beige", "Olive", "Navy Blue"), (15, 55), ("Solid", "Solid", "Solid", "Striped", "Printed"), ("Men", "Men", "Women"), usages=("Casual", "Casual", "Formal")),
    Kind("Caps", "Accessories", "Headwear", "Cap", headwear.cap, ("Baseball", "Trucker", "Beanie"), ("Black", "Blue", "Red", "Navy Blue", "White", "Grey", "Purple", "Green", "Mustard"), (12, 35), ("Solid", "Solid", "Striped", "Camouflage", "Checked"), ("Unisex", "Men", "Women"), ("Summer", "Fall"), ("Casual", "Casual", "Sports")),
    Kind("Ties", "Accessories", "Ties", "Tie", small_wear.tie, ("Classic", "Slim"), ("Black", "Blue", "Red", "Grey", "Navy Blue", "Purple", "Brown", "Maroon", "Teal"), (15, 49), ("Diagonal Striped", "Diagonal Striped", "Solid", "Polka Dot", "Checked", "Printed", "Herringbone"), ("Men",), usages=("Formal",)),
    Kind("Scarves", "Accessories", "Scarves", "Scarf", small_wear.scarf, ("",), ("Black", "Blue", "Brown", "Red", "White", "Purple", "Grey", "Yellow", "Pink", "Teal", "Mustard"), (15, 59), ("Solid", "Checked", "Checked", "Striped", "Floral", "Printed", "Herringbone", "Polka Dot"), ("Women", "Women", "Men", "Unisex"), ("Summer", "Fall", "Winter")),
    Kind("Socks", "Accessories", "Socks", "Socks", small_wear.socks, ("Ankle", "Crew", "Crew"), ("Black", "White", "Grey", "Navy Blue", "Brown", "Blue", "Red", "Green", "Pink", "Mustard"), (4, 15), ("Solid", "Striped", "Argyle", "Polka Dot", "Chevron"), ("Men", "Men", "Women", "Unisex"), usages=("Casual", "Casual", "Sports")),
    Kind("Watches", "Accessories", "Watches", "Watch", watches.watch, ("Leather", "Leather", "Bracelet", "Rubber", "Digital"), ("Black", "Brown", "Blue", "White", "Pink", "Tan", "Red", "Green", "Maroon", "Grey"), (39, 249), genders=("Men", "Women", "Unisex"), seasons=("Winter",), usages=("Casual", "Casual", "Sports", "Formal")),
    Kind("Sunglasses", "Accessories", "Eyewear", "Sunglasses", sunglasses.sunglasses, ("Aviator", "Wayfarer", "Round", "Cat Eye", "Sports", "Oversized"), ("Black", "Brown", "Grey", "Purple", "Blue", "Green", "Red", "Coffee Brown", "Pink"), (25, 139), genders=("Men", "Women", "Unisex"), seasons=("Winter", "Summer")),
    Kind("Earrings", "Accessories", "Jewellery", "Earrings", jewellery.earrings, ("Drop", "Hoop", "Stud", "Jhumka"), ("Silver", "Gold", "Copper", "Green", "Red", "Purple", "Turquoise Blue", "Maroon"), (9, 59), seasons=("Summer", "Winter", "Fall"), usages=("Casual", "Casual", "Ethnic")),
    Kind("Necklace and Chains", "Accessories", "Jewellery", "Necklace", jewellery.necklace, ("Beaded", "Statement", "Heart"), ("Gold", "Silver", "Blue", "Red", "Green", "Black", "Purple", "Turquoise Blue"), (15, 89), seasons=("Fall", "Winter", "Summer")),
    Kind("Ring", "Accessories", "Jewellery", "Ring", jewellery.ring, ("Solitaire", "Halo", "Band", "Cocktail"), METALS, (19, 149), genders=("Women", "Women", "Women", "Men")),
    Kind("Bracelet", "Accessories", "Jewellery", "Bracelet", jewellery.bracelet, ("Bangle", "Beaded", "Chain"), ("Gold", "Silver", "Steel", "Black", "Purple", "Bronze", "Turquoise Blue", "Red"), (15, 79), genders=("Women", "Women", "Men"), seasons=("Winter", "Summer")),
    Kind("Perfume and Body Mist", "Personal Care", "Fragrance", "Perfume", perfume.perfume, ("Eau de Parfum", "Eau de Parfum", "Body Mist"), ("Blue", "Pink", "Green", "Red", "Mustard", "Purple", "Peach", "Turquoise Blue", "Orange", "Black"), (19, 95), genders=BOTH, seasons=("Spring",)),
    Kind("Nail Polish", "Personal Care", "Nails", "Nail Polish", beauty.nail_polish, ("Gloss", "Glitter"), ("Pink", "Brown", "Red", "Purple", "Maroon", "Blue", "Silver", "Magenta", "Peach", "Teal", "Orange"), (4, 15), seasons=("Spring",)),
    Kind("Lipstick", "Personal Care", "Lips", "Lipstick", beauty.lipstick, ("Matte", "Creme"), ("Brown", "Pink", "Red", "Purple", "Maroon", "Burgundy", "Mauve", "Peach", "Magenta", "Rose", "Nude"), (7, 35), seasons=("Spring",)),
)  # fmt: skip

BY_TYPE = {kind.product_type: kind for kind in KINDS}
PRODUCT_TYPES: tuple[str, ...] = tuple(BY_TYPE)
