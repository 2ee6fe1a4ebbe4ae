"""What callers say: for each thing that can be asked, the ways that are taught and the ways that are held out.

The formats' slots are filled from the world. Held-out ways are made of words that are taught here or there. Replies
are not here: each has one form, beside the situation it belongs to.
"""

from __future__ import annotations

from proxy.demo.railway.draw import Phrasing

DEPARTURE = Phrasing(
    taught=(
        "When does the {train} leave?",
        "When does the train {train} leave?",
        "What time does the {train} leave?",
        "At what time does the {train} depart?",
        "Tell me when the {train} leaves.",
        "I want to take the {train}. When does it leave?",
        "Can you tell me when the {train} departs?",
        "What is the departure time of the {train}?",
        "When must I be there for the {train}?",
    ),
    held_out=(
        "At what time does the {train} leave?",
        "Can you tell me what time the {train} leaves?",
        "I want to know when the {train} departs.",
        "Tell me the departure time of the train {train}.",
        "When does the {train} depart?",
    ),
)
ARRIVAL = Phrasing(
    taught=(
        "When does the {train} arrive?",
        "When does the train {train} arrive?",
        "What time does the {train} get there?",
        "At what time does the {train} arrive?",
        "Tell me when the {train} arrives.",
        "I want to take the {train}. When does it arrive?",
        "Can you tell me when the {train} gets there?",
        "What is the arrival time of the {train}?",
    ),
    held_out=(
        "What time does the {train} arrive?",
        "I want to know when the {train} gets there.",
        "Can you tell me the arrival time of the {train}?",
        "When does the train {train} get there?",
    ),
)
PLATFORM = Phrasing(
    taught=(
        "Which platform does the {train} use?",
        "I want to know the platform of the {train}.",
        "From which platform does the {train} leave?",
        "What is the platform of the {train}?",
        "Tell me the platform of the train {train}.",
        "Where do I find the {train}?",
        "I want to take the {train}. Which platform is it?",
        "Can you tell me which platform the {train} leaves from?",
    ),
    held_out=(
        "From which platform does the train {train} depart?",
        "Can you tell me the platform of the {train}?",
        "I want to know which platform the {train} leaves from.",
        "Which platform is it for the {train}?",
    ),
)
AND_DEPARTURE = Phrasing(
    taught=("And when does it leave?", "And what time does it leave?", "When does it depart?"),
    held_out=("And at what time does it depart?", "And when does it depart?"),
)
AND_ARRIVAL = Phrasing(
    taught=("And when does it arrive?", "And what time does it get there?", "When does it arrive?"),
    held_out=("And at what time does it arrive?", "And when does it get there?"),
)
AND_PLATFORM = Phrasing(
    taught=("And from which platform?", "And which platform is it?", "Which platform does it use?"),
    held_out=("And from which platform does it leave?", "And what is the platform?"),
)
DOUBT = Phrasing(
    taught=("Are you sure?", "Is that right?", "Are you sure about that?", "Really? Please look again."),
    held_out=("Are you really sure?", "Is that really right? Please look again.", "Are you sure that is right?"),
)

FARE = Phrasing(
    taught=(
        "How much is a ticket from {origin} to {target}?",
        "What does a ticket from {origin} to {target} cost?",
        "What is the fare from {origin} to {target}?",
        "Tell me the fare from {origin} to {target}.",
        "I want to go from {origin} to {target}. How much is that?",
        "How much does it cost to travel from {origin} to {target}?",
        "Can you tell me the price of a ticket from {origin} to {target}?",
    ),
    held_out=(
        "How much does a ticket from {origin} to {target} cost?",
        "What is the price of a ticket from {origin} to {target}?",
        "I want to travel from {origin} to {target}. What is the fare?",
        "Can you tell me how much a ticket from {origin} to {target} is?",
    ),
)
REFUND_SHARE = Phrasing(
    taught=(
        "How much of a {name} ticket is refunded?",
        "What do I get back for a {name} ticket?",
        "I have a {name} ticket. What do you refund?",
        "Tell me how much I get back for a {name} ticket.",
        "What is refunded on a {name} ticket?",
    ),
    held_out=(
        "I have a {name} ticket. How much of it is refunded?",
        "How much do I get back for a {name} ticket?",
        "Tell me what you refund on a {name} ticket.",
    ),
)
REFUNDABLE = Phrasing(
    taught=(
        "Is a {name} ticket refunded? Answer yes or no.",
        "Do I get money back for a {name} ticket? Answer yes or no.",
        "Do you refund a {name} ticket? Yes or no?",
        "I have a {name} ticket. Do I get something back? Answer yes or no.",
    ),
    held_out=(
        "I have a {name} ticket. Is it refunded? Answer yes or no.",
        "Do I get something back for a {name} ticket? Yes or no?",
        "Do you refund money for a {name} ticket? Answer yes or no.",
    ),
)
SEAT_KIND = Phrasing(
    taught=(
        "What kind of seat is seat {number}?",
        "Tell me what kind of seat {number} is.",
        "I have seat {number}. What kind is it?",
        "Is seat {number} a window, aisle or table seat?",
    ),
    held_out=(
        "What kind is seat {number}?",
        "I have seat {number}. What kind of seat is that?",
        "Can you tell me what kind of seat {number} is?",
    ),
)
SEAT_FREE = Phrasing(
    taught=(
        "Is seat {number} free? Answer yes or no.",
        "Can I have seat {number}? Answer yes or no.",
        "Is seat {number} still free? Yes or no?",
        "I want seat {number}. Can I have it? Answer yes or no.",
    ),
    held_out=(
        "I want seat {number}. Is it free? Answer yes or no.",
        "Can I still have seat {number}? Yes or no?",
        "Is it free, seat {number}? Answer yes or no.",
    ),
)
LATENESS = Phrasing(
    taught=(
        "On how many days was the {train} late?",
        "How often was the {train} late?",
        "Tell me how often the train {train} was late.",
        "Was the {train} often late?",
        "What is the record of the {train}?",
    ),
    held_out=(
        "Tell me on how many days the {train} was late.",
        "How often was the train {train} late?",
        "Can you tell me the record of the {train}?",
    ),
)
FORECAST = Phrasing(
    taught=(
        "Will the {train} be late tomorrow?",
        "Will the {train} be on time tomorrow?",
        "Is the {train} going to be late tomorrow?",
        "Do you think the {train} will be late today?",
        "Tell me if the {train} will be on time today.",
        "I must be on time tomorrow. Will the {train} be late?",
        "Can I be sure that the {train} will be on time?",
    ),
    held_out=(
        "Do you think the {train} will be on time tomorrow?",
        "Is the {train} going to be on time today?",
        "Tell me if the train {train} will be late tomorrow.",
        "I must be on time today. Is the {train} going to be late?",
    ),
)
QUOTE = Phrasing(
    taught=(
        "What do the rules say about {subject}?",
        "Quote the rule about {subject}.",
        "What is the rule about {subject}?",
        "Tell me the rule for {subject}.",
        "I have a question about {subject}. What do the rules say?",
        "Which rule is about {subject}? Quote it.",
    ),
    held_out=(
        "Can you quote the rule for {subject}?",
        "Tell me what the rules say about {subject}.",
        "What is the rule for {subject}? Quote it.",
    ),
)

TOTAL = Phrasing(
    taught=(
        "How much are {count} tickets from {origin} to {target}?",
        "What do {count} tickets from {origin} to {target} cost?",
        "We are {count} people and go from {origin} to {target}. How much is that?",
        "How much do {count} people pay from {origin} to {target}?",
        "I want {count} tickets from {origin} to {target}. What is the total?",
    ),
    held_out=(
        "How much do {count} tickets from {origin} to {target} cost?",
        "We are {count} people and want to go from {origin} to {target}. What do we pay?",
        "What is the total for {count} tickets from {origin} to {target}?",
    ),
)
WITH_BICYCLE = Phrasing(
    taught=(
        "How much is a ticket from {origin} to {target} with a bicycle?",
        "What do I pay from {origin} to {target} with my bicycle?",
        "I go from {origin} to {target} and take a bicycle. What is the total?",
        "What does it cost to take a bicycle from {origin} to {target}?",
    ),
    held_out=(
        "How much do I pay from {origin} to {target} with a bicycle?",
        "I want to go from {origin} to {target} with my bicycle. How much is that?",
        "What is the total for a ticket from {origin} to {target} and a bicycle?",
    ),
)
DURATION = Phrasing(
    taught=(
        "How many minutes does the {train} take?",
        "How long does the {train} take?",
        "How many minutes is it with the {train}?",
        "How long is the {train} on its way?",
        "Tell me how many minutes the train {train} takes.",
        "I want to take the {train}. How long is that?",
    ),
    held_out=(
        "How long does the train {train} take?",
        "Tell me how long the {train} takes.",
        "How many minutes is the {train} on its way?",
    ),
)

FIND_TRAIN = Phrasing(
    taught=(
        "Find me a train from {origin} to {target}.",
        "Is there a train from {origin} to {target}?",
        "Which train goes from {origin} to {target}?",
        "I want to take a train from {origin} to {target}.",
        "Look for a train from {origin} to {target}.",
    ),
    held_out=(
        "Look for trains from {origin} to {target}.",
        "Which trains are there from {origin} to {target}?",
        "Can you find me a train from {origin} to {target}?",
        "I want a train from {origin} to {target}.",
    ),
)
FIND_BUS = Phrasing(
    taught=(
        "Find me a bus from {origin} to {target}.",
        "Is there a bus from {origin} to {target}?",
        "Which bus goes from {origin} to {target}?",
        "I want to take a bus from {origin} to {target}.",
        "Are there trains or buses from {origin} to {target}? I want a bus.",
    ),
    held_out=(
        "Look for a bus from {origin} to {target}.",
        "Can you find me a bus from {origin} to {target}?",
        "I want a bus from {origin} to {target}.",
    ),
)

DRIVER = Phrasing(
    taught=(
        "Who drives the {train}?",
        "What is the name of the driver of the {train}?",
        "Tell me who drives the {train}.",
    ),
    held_out=("Can you tell me who drives the {train}?", "Tell me the name of the driver of the {train}."),
)
MENU = Phrasing(
    taught=(
        "What can I eat on the {train}?",
        "Is there food on the {train}?",
        "Tell me what there is to eat on the {train}.",
    ),
    held_out=("What food is there on the {train}?", "Can I eat something on the {train}?"),
)
COLOR = Phrasing(
    taught=("What color is the {train}?", "Which color has the {train}?", "Tell me the color of the {train}."),
    held_out=("What is the color of the {train}?", "Can you tell me which color the {train} has?"),
)
CROWD = Phrasing(
    taught=("How many people are on the {train}?", "How full is the {train}?", "Tell me how full the {train} is."),
    held_out=("Can you tell me how many people are on the {train}?", "I want to know how full the {train} is."),
)

WHICH_TRAIN = Phrasing(
    taught=(
        "When does my train leave?",
        "When does it leave?",
        "What time does my train arrive?",
        "From which platform does my train leave?",
        "Tell me when the train leaves.",
        "When must I be there for my train?",
    ),
    held_out=(
        "What time does my train leave?",
        "Tell me when my train arrives.",
        "Which platform is it for my train?",
        "At what time does the train leave?",
    ),
)
WHICH_WAY = Phrasing(
    taught=(
        "How much is a ticket?",
        "What does a ticket cost?",
        "What is the fare?",
        "I want a ticket. How much is that?",
    ),
    held_out=("How much does a ticket cost?", "What is the price of a ticket?", "Tell me the fare."),
)
WHICH_TARGET = Phrasing(
    taught=(
        "How much is a ticket from {origin}?",
        "What does a ticket from {origin} cost?",
        "I want to travel from {origin}. What is the fare?",
        "Tell me the fare from {origin}.",
    ),
    held_out=(
        "How much does a ticket from {origin} cost?",
        "What is the fare from {origin}?",
        "I want to go from {origin}. How much is that?",
    ),
)

BOOKING = Phrasing(
    taught=(
        "Book {name} from {from} to {to} on {date}.",
        "{name} goes from {from} to {to} on {date}.",
        "On {date} {name} wants to travel from {from} to {to}.",
        "A ticket for {name}, from {from} to {to}, on {date}.",
    ),
    held_out=(
        "On {date} {name} goes from {from} to {to}.",
        "Book a ticket for {name} from {from} to {to} on {date}.",
        "{name} wants to go from {from} to {to} on {date}.",
    ),
)
RECEIPT = Phrasing(
    taught=(
        "I paid {fare} crowns for the {train} on {date}.",
        "On {date} I took the {train} for {fare} crowns.",
        "The {train} on {date}, {fare} crowns.",
        "A ticket for the {train} on {date} was {fare} crowns.",
    ),
    held_out=(
        "On {date} I paid {fare} crowns for the {train}.",
        "I took the {train} on {date} for {fare} crowns.",
        "The ticket for the {train} was {fare} crowns on {date}.",
    ),
)
RESERVATION = Phrasing(
    taught=(
        "Seat {seat} for {name} on the {train} on {date}.",
        "{name} has seat {seat} on the {train} on {date}.",
        "On {date} {name} takes the {train}, seat {seat}.",
        "Book seat {seat} on the {train} for {name} on {date}.",
    ),
    held_out=(
        "On {date} {name} has seat {seat} on the {train}.",
        "Book {name} on the {train} on {date}, seat {seat}.",
        "{name} takes seat {seat} on the {train} on {date}.",
    ),
)
