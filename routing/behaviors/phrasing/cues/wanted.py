"""Words of a request that say what questions in the reply are: not the assistant's own, but what was wanted.

``questions`` are wanted as such (a riddle, a quiz) or handed in (to be translated); ``text`` is wanted that may hold
some (a letter, a story). They are looked for in requests only, so they are no part of ``CUES``. ``GIVEN`` is how a
reply announces such a thing.
"""

from __future__ import annotations

WANTED: dict[str, tuple[str, ...]] = {
    "wanted.questions": (
        (
            "(riddle|riddles|quiz|trivia|joke|jokes|faq|faqs|test me|ask me|flashcards|flashcard|pun|puns|"
            "conversation starters|icebreakers|limerick|questionnaire|would ask|might ask|roleplay|role-play|"
            "pretend|translate|rewrite|reword|rephrase|paraphrase|politely|proofread)"
        ),
        (
            "(write|draft|compose|create|generate|make|give|prepare|craft|need|want|come up with|tell|produce|"
            "design|help me with) ... (survey|poll|exam|puzzle|test)"
        ),
        (
            "(write|give|create|generate|make|list|suggest|produce|draft|come up with|compose|provide|form|"
            "some|interview|quiz|survey|exam|practice|discussion|follow-up|test|trivia|ten|five|three|10|5|3) "
            "... (question|questions)"
        ),
        "questions (for|about|to ask|on)",
        "(interview|interviewing) (a|an|the|with|me)",
        "(rätsel|witz|witze|quiz|interview|umfrage)",
        "(devinette|devinettes|blague|blagues|quiz|entretien|sondage)",
        "(acertijo|adivinanza|acertijos|chiste|chistes|cuestionario|entrevista|encuesta)",
        "(indovinello|indovinelli|barzelletta|barzellette|intervista|sondaggio)",
        "(charada|charadas|adivinha|piada|piadas|entrevista|pesquisa)",
        "(谜语|笑话|测验|出题|提几个问题|面试|问卷|采访|问答)",
        "(なぞなぞ|クイズ|質問を作|質問を考え|冗談|ジョーク|面接|アンケート)",
        (
            "(übersetze|übersetzung|formuliere|traduis|traduisez|traduction|reformule|reformulez|traduce|"
            "traduzca|traducción|reescribe|reformula|traduci|traduca|traduzione|riscrivi|riformula|traduza|"
            "traduz|tradução|reescreva|翻译|改写|润色|翻訳|訳して|書き換え|言い換え)"
        ),
    ),
    "wanted.text": (
        "(slogan|slogans|haiku|headline|headlines|tweet|caption|limerick|rap|skit)",
        (
            "(write|draft|compose|create|generate|make|give|prepare|craft|need|want|come up with|tell|produce|"
            "design|help me with) ... (poem|poems|template|title|titles|ad|advert|advertisement|dialogue|"
            "dialog|story|script|song|lyrics|speech|blog|post|essay|monologue|scene|copy|pitch|chat|rant|email|"
            "e-mail|letter|message)"
        ),
        "(gedicht|brief|dialog|geschichte|titel|werbung)",
        "(poème|haïku|courriel|lettre|histoire|titre)",
        "(eslogan|poema|correo|carta|diálogo|cuento|título)",
        "(poesia|lettera|dialogo|storia|titolo)",
        "(haicai|carta|diálogo|história|título)",
        "(口号|诗|俳句|邮件|信|对话|故事|标题)",
        "(スローガン|詩|俳句|メール|手紙|会話文|物語|タイトル)",
    ),
}
GIVEN = (
    "(here's|here is|here are|below is|below are) (a|an|the|some|your|my|five|ten|three|several)",
    ("(hier ist|hier sind|voici|aquí tienes|aquí están|ecco|aqui está|aqui estão|以下是|这是|以下は|以下に)"),
)
