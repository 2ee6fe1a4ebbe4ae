"""Phrases in which a reply declines, in eight languages.

``decline`` says so outright; ``sorry`` is an apology that leads up to it; ``rule`` names what forbids it; ``wrong``
judges the request; ``instead`` offers something else; ``sympathy`` is the apology that declines nothing.
"""

from __future__ import annotations

from routing.behaviors.phrasing.cues.refusal_romance import DECLINE as _ROMANCE

_EN_HOW = (
    "[really|directly|in good conscience|and won't|and will not|ethically|legally|unfortunately|currently|be able to]"
)
_EN_DO = (
    "(assist|help|comply|fulfill|fulfil|provide|support|engage|participate|create|generate|write|give|offer|share|"
    "discuss|answer|do that|do this|suggest|continue|advise|encourage|condone|promote|recommend|facilitate|teach|"
    "tell you|produce|respond|endorse|proceed|accommodate|disclose|complete|translate|roleplay|pretend|guide|explain|"
    "entertain|go along|walk you|show you|agree to|reveal|supply|carry out|go into|talk about|speak about|"
    "take part|be part of|be involved|grant|honor|act on|contribute|draft|compose|make that|make this|send|process)"
)
_EN_UNABLE = (
    "(unable to|not able to|not going to|not willing to|not allowed to|not permitted to|not comfortable|"
    "not authorized to|not at liberty to)"
)

_ENGLISH = (
    ("(guidelines|policies|principles|programming) (don't|do not|won't|prohibit|prevent) [allow|permit|let] me"),
    "(is|it's|are) something i (will|would) (never|not) (do|help|write|support|touch)",
    "i'd rather not (go there|do that|help|write|discuss|talk|get into)",
    f"(i|we) (can't|cannot|can not|won't|will not|can no longer) {_EN_HOW} {_EN_DO}",
    f"(i'm|i am|we're|we are) {_EN_UNABLE} {_EN_DO}",
    (
        "(i'm|i am) not (comfortable|willing|prepared) (with|to|doing|writing|helping|providing|discussing|"
        "sharing|creating)"
    ),
    "(i'm|i am) afraid (i|that|this|we) (can't|cannot|won't|isn't|is not|is something|i can't|i cannot)",
    (
        "(i|we) (must|have to|need to|will have to|'ll have to|respectfully|am going to|i'm going to|would "
        "have to) [respectfully|politely|therefore|kindly] (decline|refuse)"
    ),
    "i'll have to (decline|refuse|pass)",
    ("(i'll|i'd) [rather|prefer to|politely|respectfully] (decline|not help|not do|pass on this|pass on that)"),
    ("i (decline|refuse) to (assist|help|provide|answer|write|do|participate|engage|create|generate|give|take)"),
    ("i (don't|do not) feel (comfortable|right) (with|providing|writing|doing|helping|answering|creating|sharing)"),
    ("i (don't|do not) (provide|assist|engage|create|write|generate|share|give out|help with|produce|participate)"),
    ("i (won't|will not) be (able to|providing|helping|assisting|writing|doing|creating|answering|engaging|sharing)"),
    (
        "(that's|that is|this is|it's|it is) (not something|something) (i|we) (can't|cannot|can|won't|will|"
        "am able to|i'm able)"
    ),
    ("(can't|cannot|can not|won't|unable to|not able to) (assist|help|comply|do that|do this) [you] (with|here|on|by)"),
    ("(sorry|apologies|no|nope) [but] [that's|i] (can't do|can't help|won't do|not happening|no can do|can't)"),
    "your request (cannot|can't|could not|couldn't) be (fulfilled|processed|completed|answered|honored)",
    "(this|that|the|your) (request|question|topic|content) is (not something|something) (i|we)",
    (
        "(this|that|your|the) (request|question|prompt|content) (violates|goes against|falls outside|"
        "conflicts with|is against)"
    ),
    (
        "(i|we) (can't|cannot|won't) [really|just] (do|make|write|say|answer|discuss|fulfill|complete) (that|"
        "this|it|such)"
    ),
    "(request|query) (denied|declined|refused|rejected)",
    ("(let's|let us) (talk about|discuss|move on to|switch to) (something else|another topic|a different topic)"),
    "not (going to|gonna) (help|do|write|happen|answer|assist|participate|give|touch)",
)
_GERMAN = (
    "(ich|wir) (werde|werden) [dir|ihnen|euch|dich] nicht (dabei|dazu|helfen|darüber|beim)",
    "(dazu|darüber|davon|hierzu) (gebe|gebe|sage|schreibe|erstelle) ich (keine|nichts|nicht)",
    "(das|so etwas|sowas|dergleichen) (mache|schreibe|tue|unterstütze) ich nicht",
    "richtlinien (erlauben|gestatten|verbieten) [es] mir [nicht]",
    (
        "(kann|könnte|darf|möchte|will|werde) (ich|wir) [dir|ihnen|euch|dich|sie|dabei|das|dazu|hier|hierzu|"
        "hierbei] [leider|aber|daher|deshalb|dazu|dabei|bedauerlicherweise] (nicht|keine|keinen|kein|nichts)"
    ),
    (
        "(dabei|dazu|hierzu|hierbei|damit|das|diese|dieser|diesem|darauf|darüber|daran|da) (kann|darf|möchte|"
        "werde|will) (ich|wir) [dir|ihnen|euch|dich] [leider|aber] (nicht|keine|keinen|kein|nichts)"
    ),
    (
        "(ich|wir) (kann|können|darf|dürfen|werde|möchte|will|werden|möchten) [dir|ihnen|euch|dich|sie] "
        "[leider|daher] [das|dabei|damit|dazu|hierbei|bei|diese|dieser|auf] ... nicht (helfen|weiterhelfen|"
        "unterstützen|beantworten|erfüllen|nachkommen|schreiben|erstellen|geben|bereitstellen|machen|tun|"
        "beteiligen|entsprechen|teilen|liefern)"
    ),
    (
        "(kann|darf|werde|möchte|will) [dir|ihnen|euch|dich] [leider|dabei|damit|dazu|das|darauf] ... nicht "
        "(helfen|weiterhelfen|unterstützen|beantworten|erfüllen|nachkommen|schreiben|erstellen|bereitstellen|"
        "behilflich|mitmachen)"
    ),
    (
        "(ich|wir) (kann|können|darf|dürfen|werde|möchte) [dir|ihnen|euch] [leider|hierzu|dazu] (keine|"
        "keinen|kein) (hilfe|anleitung|anleitungen|informationen|auskunft|auskünfte|unterstützung|inhalte|"
        "rat|tipps|ratschläge|antwort)"
    ),
    "(bin|sind|sehe mich) [leider] [ich|wir] nicht (in der lage|befugt|berechtigt|imstande|bereit|befähigt)",
    (
        "(muss|müssen|werde|möchte) (ich|wir) [leider|das|dies|diese|ihre|deine] ... (ablehnen|verweigern|"
        "abschlagen|absehen)"
    ),
    (
        "(ich|wir) (muss|müssen|möchte|werde) [leider|das|dies|diese|dich|sie] ... (ablehnen|verweigern|"
        "enttäuschen|absehen)"
    ),
    "(ich|wir) (lehne|lehnen|verweigere) [das|dies|diese|es|diesen] ... ab",
    "(ist|wäre) [es|das] mir [leider] nicht (möglich|erlaubt|gestattet)",
    "(davon|hiervon) (nehme|sehe|möchte|lasse) ich (abstand|ab|die finger)",
    "(darauf|darüber|hierauf) (gehe|spreche|antworte|lasse) ich [mich] nicht",
    "(da|hier|dabei) (mache|helfe|spiele) ich nicht (mit|weiter)",
)
_CHINESE = (
    (
        "(我|我们|本人|本助手)[很遗憾|很抱歉|恐怕|目前|暂时|真的|也|并|实在|确实](无法|不能|不会|没法|没办法|不可以|无权|不便|不方便|拒绝|不宜|不愿|不想)[为您|为你|帮您|帮你|"
        "向您|向你|给您|给你|就此|对此|继续|直接|在这方面](提供|协助|回答|帮助|满足|执行|完成|参与|讨论|支持|生成|编写|撰写|透露|分享|处理|配合|给出|创作|写|说|做|帮|解答|"
        "答复|回复|继续|谈论|评论|告诉|教|进行|遵从|接受|答应)"
    ),
    (
        "(无法|不能|没法|没办法|恕难|不便|不方便)[为您|为你|帮您|帮你|向您|向你|给您|给你|就此|对此|继续](提供|协助|回答|帮助|满足|执行|参与|讨论|生成|编写|透露|从命|奉告|"
        "配合|答复|评论)"
    ),
    "(恕|请恕|请原谅)[我](无法|不能|难以|难|不)",
    "(必须|只能|不得不|要|需要)(拒绝|婉拒|谢绝)",
    "(我|予以|不得不|坚决)(拒绝|婉拒|谢绝)",
    "帮不(了|上)(你|您|这个|忙|这)",
    "(换个|换一个|聊聊别的|聊点别的|讨论其他|谈谈其他|聊聊其他)[话题|问题]",
    "(爱莫能助|恕难从命|恕不能|不予回答|做不到)",
)
_JAPANESE = (
    "(手伝い|協力|加担|お手伝い)[は|に|も](できません|しません|いたしません|できかね)",
    "(やりません|いたしません|書きません|お断りします|致しません)",
    (
        "(お答え|お応え|回答|お手伝い|ご協力|協力|提供|ご提供|対応|ご対応|お力添え|支援|ご支援|作成|生成|説明|ご説明|お教え|お伝え|開示|お受け|実行|案内|ご案内|サポート|手助け|執筆|"
        "お話し|助言|アドバイス|応答|要望に添う|公開|共有|翻訳|関与|参加|加担)[を|は|には|も|すること|することは|することが|して差し上げることは|いたしかね|に|し|には応じ|"
        "について](できません|できない|できかね|出来ません|出来ない|いたしかね|致しかね|しかね|かねます|差し控え|控えさせ|お断り|遠慮|は控え|応じられません|応じかね|いたしません|しません|"
        "なれません)"
    ),
    (
        "(応じる|お応えする|答える|お答えする|手伝う|お手伝いする|教える|お教えする|提供する|書く|作成する|協力する|説明する|支援する|話す|お話しする|手助けする|従う|受ける|助ける|"
        "生成する|引き受ける|実行する|行う|する)(こと|わけ)(は|が|には|に)(できません|できない|できかね|出来ません|出来ない|いきません|いかない|まいりません|参りません)"
    ),
    (
        "(応じられ|答えられ|教えられ|書け|手伝え|助けられ|お受けでき|話せ|引き受けられ|お応えでき|お答えでき|手を貸せ|対応でき|協力でき|添え|提供でき|従え|語れ)(ません|ない|ませんでした|"
        "かねます|ないです)"
    ),
    "(いたし|致し|でき|出来|し|応じ|お答えし|お応えし|添い|お手伝いし|お受けし|お教えし)かねます",
    "(お断り|遠慮|拒否|辞退|ご遠慮|差し控え)(し|させ|いたし|致し|せざる)",
    "(断ら|お断りし|拒否し)(なければ|ざるを|ます|せて)",
    "(別の|他の)(話題|テーマ|こと|質問)(に|を|で|であれば|でしたら)",
    "(それ|これ|その件|その質問|そのご依頼|ご依頼|そのご要望|ご要望|そのような)(に|には|は)(無理|できません|お応えできません|お答えできません|応じられません|対応できません)",
)
_SORRY = (
    "(i'm|i am|we're|we are) [really|very|so|truly|deeply|terribly] sorry [but|that|i]",
    "(i|we) [sincerely|must|do] apologize [but|for|that]",
    "(sorry|apologies|unfortunately|regrettably) [but] [i|we|that's|this]",
    "(my|our) apologies [but]",
    "(es|das) tut mir [sehr|wirklich|aufrichtig|furchtbar] leid",
    "tut mir [sehr|echt] leid",
    ("(leider|bedauerlicherweise|entschuldigung|entschuldige|entschuldigen|verzeihung|bedaure|bedauere|sorry)"),
    "ich (bedaure|bedauere|bitte um entschuldigung|bitte um verständnis|entschuldige mich)",
    "(je suis|je reste) [vraiment|sincèrement|profondément] (désolé|désolée|navré|navrée)",
    "(désolé|désolée|navré|navrée|malheureusement|hélas|pardon|regrettablement)",
    "je (m'excuse|regrette|vous prie de m'excuser)",
    (
        "(lo siento|lo lamento|lamento|lamentablemente|desafortunadamente|disculpa|disculpe|perdón|perdona|"
        "perdone|me temo)"
    ),
    ("(mi dispiace|mi spiace|purtroppo|spiacente|sono spiacente|mi scuso|scusa|scusami|mi rincresce|temo che)"),
    (
        "(desculpe|desculpa|lamento|infelizmente|sinto muito|lamentavelmente|peço desculpa|peço desculpas|"
        "perdão|receio que)"
    ),
    "(抱歉|对不起|不好意思|很遗憾|非常遗憾|遗憾的是|恐怕)",
    "(申し訳|ごめんなさい|すみません|恐れ入ります|残念ながら|恐縮です|誠に恐縮|すまないが|悪いけど|あいにく)",
)
_RULE = (
    "as an (ai|artificial|llm) [language|intelligence] [model|assistant|system]",
    "as a (responsible|ethical|language|large|helpful|privacy) [ai|language|model|assistant|respecting]",
    (
        "(my|our|openai's|the|community|usage|safety|ethical) (guidelines|programming|policies|policy|"
        "principles|guideline|rules|training|instructions)"
    ),
    (
        "(against|violates|violate|violation of|breach of|goes against) [my|our|the|openai's|anthropic's] "
        "[ethical|content|usage|safety|community] (guidelines|policies|policy|principles|programming|rules|"
        "terms|values)"
    ),
    (
        "(designed|programmed|trained|instructed|intended) (to not|not to|to avoid|to refuse|to decline|to "
        "prioritize|to respect)"
    ),
    "(als|bin) [nur] [ein|eine] (ki|künstliche|sprachmodell|ki-modell|ki-assistent|assistent|virtueller)",
    (
        "(meine|meinen|meiner|unsere|die|den) (richtlinien|nutzungsrichtlinien|vorgaben|programmierung|"
        "grundsätze|grundsätzen|regeln|leitlinien)"
    ),
    "en tant (qu'ia|qu'intelligence|qu'assistant|que modèle|qu'assistante|que assistant)",
    "(mes|nos|les) (directives|principes|règles|consignes|lignes directrices|conditions|limites)",
    (
        "como (ia|inteligencia|modelo|asistente|inteligência|assistente|um modelo|un modelo|uma ia|una ia|"
        "uma inteligência)"
    ),
    "(mis|nuestras|las|minhas|nossas|as) (directrices|políticas|normas|pautas|reglas|diretrizes|regras)",
    ("(in quanto|come|essendo) (ia|intelligenza|modello|assistente|un'ia|un'intelligenza|un modello|un assistente)"),
    "(le mie|le nostre|mie|delle mie) (linee guida|direttive|politiche|regole|norme|policy)",
    "(作为|身为)[一个|一款|一名](ai|人工智能|语言模型|大型语言模型|负责任|智能助手|助手)",
    "(违反|违背|不符合|违法)[了|我的|相关|法律|道德|使用](准则|政策|规定|法律|法规|伦理|原则|规范|道德)",
    "(ai|人工知能|言語モデル|アシスタント|大規模言語モデル)(として|である私|なので|ですので|の立場)",
    "(ガイドライン|ポリシー|規約|利用規定|倫理規定|方針|倫理的|法律|規則)(に|により|上|で|な理由|違反|に反)",
)
_WRONG = (
    (
        "(it's|it is|that's|that is|this is|would be|it would be|be) (not|never|neither) (appropriate|"
        "ethical|acceptable|okay|ok|right|safe|legal|advisable)"
    ),
    (
        "(it's|it is|that's|that is|this is|would be|be|is) [highly|also|both|deeply] (inappropriate|"
        "unethical|illegal|harmful|dangerous|unacceptable|offensive) (to|and|or|for)"
    ),
    (
        "(is|are) (illegal|unethical|harmful|dangerous|inappropriate|immoral) (and|or) (illegal|unethical|"
        "harmful|dangerous|inappropriate|immoral|can|could|violates)"
    ),
    (
        "(illegal|harmful|dangerous|unethical|inappropriate|violent|hateful|discriminatory|sexual|explicit) "
        "(activities|activity|behavior|content|acts|actions|purposes|material|requests|language)"
    ),
    "(i|we) (do not|don't|cannot|can't) (condone|support|encourage|endorse|promote|tolerate)",
    ("i (strongly|must|would) (condemn|advise against|discourage|urge you|encourage you|emphasize|politely|challenge)"),
    ("(important|crucial|essential) to (respect|remember|recognize|prioritize|treat|note that|understand that)"),
    (
        "(promotes|promote|perpetuate|perpetuates|incites|encourages|reinforces) (harmful|violence|hate|"
        "discrimination|stereotypes|hatred|negative)"
    ),
    (
        "(false|harmful|flawed|incorrect|problematic|offensive|inaccurate) (premise|assumption|stereotype|"
        "stereotypes|assumptions|generalization)"
    ),
    (
        "(ist|wäre) [nicht|weder] (illegal|unethisch|gefährlich|strafbar|unangemessen|ethisch|verboten|"
        "schädlich|rechtswidrig|vertretbar)"
    ),
    (
        "(illégal|illégale|illégales|contraire à l'éthique|dangereux|inapproprié|inappropriée|nuisible|"
        "nuisibles|immoral|haineux)"
    ),
    (
        "(ilegal|ilegales|poco ético|no es ético|peligroso|inapropiado|inapropiada|dañino|dañina|perjudicial|"
        "inmoral|ilegais|antiético|perigoso|inadequado|prejudicial)"
    ),
    ("(illegale|illegali|non etico|pericoloso|inappropriato|inappropriata|dannoso|dannosa|immorale|inopportuno)"),
    "(违法|非法|不道德|有害|危险|不当|不合适|侵犯|犯罪)[行为|内容|活动|的]",
    "(違法|非倫理的|有害|危険|不適切|犯罪|倫理に反|差別的)[な|行為|です|となる]",
)
_INSTEAD = (
    (
        "[but|however|instead] (i can|i could|i'd be happy to|i would be happy to|i'm happy to|i am happy to|"
        "i'd be glad to|i'll) [instead|certainly|however|gladly|still|definitely] (help|offer|suggest|"
        "provide|share|explain|tell|discuss|give|talk|assist|write|recommend) ... (instead|alternative|"
        "alternatives|general|other|with|you|about|some|a|on|safe|legal|information)"
    ),
    "instead (i|of|consider|try|let's|here|you|we|it)",
    ("(that said|that being said|having said that|with that said|however here|what i can do|but i can|but here)"),
    "(is there|if there's|if there is) (anything|something) else (i|we|you|that)",
    "(if you have|if you need) any [other] (questions|question|help|concerns|legitimate)",
    (
        "(stattdessen|gerne kann ich|kann ich dir aber|kann ich ihnen aber|gerne helfe ich|allerdings kann "
        "ich|was ich tun kann|gern helfe ich)"
    ),
    (
        "(en revanche|à la place|je peux cependant|je peux toutefois|je peux en revanche|par contre|je peux "
        "plutôt|je serais ravi|je serais heureux)"
    ),
    ("(en cambio|en su lugar|puedo ofrecerte|sin embargo puedo|lo que sí puedo|pero puedo|con gusto puedo|sí puedo)"),
    (
        "(invece posso|al suo posto|posso però|posso invece|tuttavia posso|quello che posso|in alternativa|"
        "però posso|sarei felice)"
    ),
    (
        "(em vez disso|no entanto posso|mas posso|em alternativa|o que posso|posso sim|porém posso|ficarei "
        "feliz|terei prazer)"
    ),
    "(不过|但是|但)[我](可以|能|很乐意|愿意)",
    "(相反|我可以|我很乐意|如果您有其他|如果你有其他|可以为您提供|可以帮你)[提供|为您|帮助]",
    "(代わりに|その代わり|ただし|一方で|別の方法|以下のよう|なお)[に|は|、]",
    "(でしたら|であれば|なら)(お手伝い|ご案内|お答え|ご説明|対応|お役に立て|可能)",
)
_SYMPATHY = (
    (
        "sorry (to hear|for your loss|you're|you are|that you|about your|about the|for the|for any|to learn|"
        "that happened|if)"
    ),
    "sorry (i|we) (missed|was|made|misunderstood|misread|didn't)",
    (
        "(i|we) apologize for (the|any|my) (confusion|mistake|error|inconvenience|delay|misunderstanding|"
        "oversight|earlier)"
    ),
    "tut mir leid (zu hören|das zu hören|dass du|dass sie|für ihren|für deinen|um deinen)",
    ("(désolé|désolée|navré|navrée) (d'apprendre|que vous|que tu|pour votre|pour ta|de l'apprendre|d'entendre)"),
    ("(lamento|siento) (mucho|tu|su|oír|escuchar|que te|que le|la pérdida|tanto|saber|las molestias|la confusión)"),
    "(mi dispiace|dispiace) (sentire|per|che tu|che lei|molto per|sapere|tanto per)",
    "(lamento|sinto muito) (pela|pelo|saber|ouvir|que você|por|muito pela)",
    "(很遗憾|很抱歉|抱歉)(听到|得知|让你|让您|给您|给你|之前|刚才)",
    "(お悔やみ|お気の毒|ご迷惑|ご不便|お待たせ|混乱)(を|に|申し)",
)

CUES: dict[str, tuple[str, ...]] = {
    "refusal.decline": (*_ENGLISH, *_GERMAN, *_ROMANCE, *_CHINESE, *_JAPANESE),
    "refusal.sorry": _SORRY,
    "refusal.rule": _RULE,
    "refusal.wrong": _WRONG,
    "refusal.instead": _INSTEAD,
    "refusal.sympathy": _SYMPATHY,
}
