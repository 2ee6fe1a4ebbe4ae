"""Words by which a reply turns from one thing to another: what it turned from, and to what, says how far it helps.

No detector judges by them alone; they are features of the fitted heads.
"""

from __future__ import annotations

CUES: dict[str, tuple[str, ...]] = {
    "turn.however": (
        "(however|nevertheless|nonetheless|still)",
        "(jedoch|allerdings|dennoch|trotzdem)",
        "(cependant|toutefois|n\u00e9anmoins|pourtant)",
        "(sin embargo|no obstante)",
        "(tuttavia|nondimeno|ci\u00f2 nonostante)",
        "(no entanto|contudo|por\u00e9m|todavia)",
        "(\u7136\u800c|\u5c3d\u7ba1\u5982\u6b64)",
        "(\u3057\u304b\u3057|\u3051\u308c\u3069\u3082|\u3068\u306f\u3044\u3048)",
    ),
    "turn.but": (
        "(but|though|although|yet)",
        "(aber|doch|obwohl)",
        "(mais|bien que)",
        "(pero|aunque)",
        "(ma|sebbene|per\u00f2)",
        "(mas|embora)",
        "(\u4f46|\u4f46\u662f|\u4e0d\u8fc7)",
        "(\u305f\u3060\u3057|\u3067\u3059\u304c|\u307e\u3059\u304c)",
    ),
    "turn.instead": (
        "instead",
        "(stattdessen|sondern)",
        "(plut\u00f4t|\u00e0 la place|au lieu)",
        "(en cambio|en su lugar|en lugar)",
        "(invece|piuttosto|al posto)",
        "(em vez|ao inv\u00e9s|em lugar)",
        "(\u76f8\u53cd|\u800c\u662f)",
        "(\u4ee3\u308f\u308a\u306b|\u3080\u3057\u308d)",
    ),
    "turn.granting": (
        "(that said|that being said|having said that|with that said|that aside)",
        "(davon abgesehen|nichtsdestotrotz)",
        "(cela dit|ceci dit)",
        "(dicho esto|dicho eso)",
        "(detto questo|ci\u00f2 detto)",
        "(dito isso|dito isto)",
        "(\u8bdd\u867d\u5982\u6b64)",
        "(\u305d\u3046\u306f\u3044\u3063\u3066\u3082)",
    ),
    "turn.offer": (
        (
            "(here are|here's how|here is how|i'd suggest|i would suggest|i suggest|i recommend|i can offer|i "
            "can suggest|i can tell)"
        ),
        "(hier sind|ich empfehle|ich schlage|ich kann dir aber|ich kann ihnen aber)",
        "(voici|je vous sugg\u00e8re|je te sugg\u00e8re|je recommande|je peux vous)",
        "(aqu\u00ed tienes|te sugiero|le sugiero|recomiendo|puedo ofrecerte)",
        "(ecco|ti suggerisco|le suggerisco|consiglio|posso offrirti)",
        "(aqui est\u00e3o|sugiro|recomendo|posso oferecer)",
        "(\u4ee5\u4e0b\u662f|\u6211\u5efa\u8bae|\u5efa\u8bae\u60a8|\u5efa\u8bae\u4f60)",
        "(\u4ee5\u4e0b\u306b|\u304a\u52e7\u3081\u3057\u307e\u3059|\u304a\u3059\u3059\u3081\u3057\u307e\u3059)",
    ),
}
