# Bamanankan. Ce qui n'est pas ici est dit en français.

# Lot ka ɲɛ: la page publique d'un lot.
trace-page-day = { $day } { $month ->
    [1] zanwuyekalo
    [2] feburuyekalo
    [3] marisikalo
    [4] awirilikalo
    [5] mɛkalo
    [6] zuwɛnkalo
    [7] zuluyekalo
    [8] utikalo
    [9] sɛtanburukalo
    [10] ɔkutɔburukalo
    [11] nowanburukalo
   *[12] desanburukalo
} { $year }
trace-page-days = k'a ta { $from } la ka se { $until } ma
trace-page-languages = Kanw
trace-page-lot = Lo
trace-page-nobody = Tɔn tɔgɔ ma fɔ
trace-page-made-by = { $organization } y'a dilan
trace-page-made-on = Don
trace-page-made-at = Yɔrɔ
trace-page-weight = Girinya
trace-page-grade = Ɲuman hakɛ
trace-page-custody = Ɲagamini
trace-page-custody-identity-preserved = A bɔra yɔrɔ kelen dɔrɔn na, a ma ɲagami fɛn wɛrɛ la
trace-page-custody-segregated = A bɔra yɔrɔ caman na, siya kelen, a ma ɲagami fɛn wɛrɛ la
trace-page-custody-controlled-blending = A ɲagamina, nka kelen kelen bɛɛ hakɛ dɔnnen don
trace-page-custody-mass-balance = A ɲagamina, hakɛ dɔnnen don waati kɔnɔ dɔrɔn
trace-page-void = Lo in tiɲɛna.
trace-page-void-why = Fili kɛra lo in sɛbɛnni na. Aw kana da nin kunnafoni na.
trace-page-recall = Kɔlɔsili! Aw kana baara kɛ ni nin ye
trace-page-recall-since = { $organization } ko a ka segin, k'a ta { $day } la.
trace-page-recall-call = Aw ka { $phone } wele
trace-page-growers = Jɔn y'a sɛnɛ
trace-page-ring = Musow ye min sɛnɛ: { $percent }
trace-page-headline-all = Musow y'a bɛɛ sɛnɛ
trace-page-headline-nearly-all = Musow y'a fanba sɛnɛ, a tora dɔɔni
trace-page-headline-most = Musow y'a fanba sɛnɛ
trace-page-headline-half = Musow y'a tilancɛ sɛnɛ
trace-page-headline-some = Musow y'a dɔ sɛnɛ
trace-page-headline-little = Musow y'a dɔɔni sɛnɛ
trace-page-headline-none = A ma dɔn ko musow y'a dɔ sɛnɛ
trace-page-headline-unknown = A sɛnɛbaga ma dɔn
trace-page-women = musow
trace-page-others = mɔgɔ wɛrɛw
trace-page-unknown-growers = a ma dɔn
trace-page-counted = Mɔgɔ { $producers } nana n'a ye, muso { $women } b'u la.
trace-page-confirmed = Minnu nana n'a ye, olu yɛrɛ sɔnna { $percent } ma ko tiɲɛ don
trace-page-names = Nin mɔgɔw sɔnna u tɔgɔ ka fɔ
trace-page-names-more = ani mɔgɔ wɛrɛ { $count }
trace-page-map = A bɔra min
trace-page-map-label = Mali ja ni lo in ka sira: { $places }
trace-page-way = A ka sira
trace-page-steps-more = Ko wɛrɛ { $count } ma jira yan.
trace-page-cut-off = Lo in bɔra lo caman na: min ka jan, o ma dɔn.
trace-page-step-delivery = Sɛnɛkɛlaw nana n'a ye
trace-page-step-aggregation = A farala ɲɔgɔn kan
trace-page-step-split = A tilala
trace-page-step-transformation = A bayɛlɛmana
trace-page-step-inspection = A sɛgɛsɛgɛra
trace-page-step-shipment = A cira
trace-page-step-receipt = A sera
trace-page-step-loss = Dɔ tununna
trace-page-step-recall = A ko a ka segin
trace-page-step-recall-end = Segin weleli bana
trace-page-step-correction = A latilenna
trace-page-step-captured = Mɔgɔ wɛrɛ y'a fɔ
trace-page-step-producers = mɔgɔ { $count } fɛ
trace-page-step-void = A fɔra kɔfɛ ko fili don
trace-page-claims = Seereyasɛbɛnw
trace-page-claims-none = Seereyasɛbɛn si tɛ lo in kan.
trace-page-claim-whole = A bɛ lo in bɛɛ kan
trace-page-claim-part = A bɛ lo in { $percent } kan
trace-page-claim-maker = A bɛ a dilanbaga ka baara kan
trace-page-then-valid = A tun ka ɲi lo in dilantuma na
trace-page-then-not-valid = A tun man ɲi lo in dilantuma na
trace-page-then-suspended = A tun jɔlen don lo in dilantuma na
trace-page-then-revoked = A bɔsira lo in dilandon na
trace-page-now-valid = A ka ɲi bi, fo { $day }
trace-page-now-expired = A waati bana: { $day }
trace-page-now-suspended = A jɔlen don bi
trace-page-now-revoked = A bɔsira kɔfɛ
trace-page-now-not-valid = A man ɲi bi
trace-page-claim-certificate = Nimɔrɔ { $number }, { $issuer } y'a di { $holder } ma
trace-page-claim-check = Seereyasɛbɛn bolonɔbilalen lajɛ
trace-page-makers = A tɛmɛna jɔn bolo
trace-page-makers-more = ani tɔn wɛrɛ { $count }
trace-page-deed-delivery = y'a sɔrɔ sɛnɛkɛlaw fɛ
trace-page-deed-aggregation = y'a fara ɲɔgɔn kan
trace-page-deed-split = y'a tila
trace-page-deed-transformation = y'a bayɛlɛma
trace-page-deed-inspection = y'a sɛgɛsɛgɛ
trace-page-deed-shipment = y'a ci
trace-page-deed-receipt = y'a minɛ
trace-page-deed-loss = ko dɔ tununna
trace-page-deed-recall = ko a ka segin
trace-page-deed-recall-end = ye segin weleli ban
trace-page-deed-correction = y'a latilen
trace-page-deed-captured = y'a fɔ
trace-page-evidence-declared = u yɛrɛ y'a fɔ
trace-page-evidence-verified = a sɛgɛsɛgɛra
trace-page-evidence-certified = mɔgɔ wɛrɛ y'a seereya
trace-page-code = A jira mɔgɔ wɛrɛw la
trace-page-code-why = Nin kode bɛ na ni mɔgɔ ye yan.
trace-page-unknown = Nin kode ma dɔn yan
trace-page-unknown-why = Aw ka sɛbɛnninw lajɛ kosɛbɛ. Ni kode ka ɲi, a ma bɔ yan.
trace-page-unable = Ɲɛ in tɛ se ka jira sisan
trace-page-unable-why = Aw ka segin a kan dɔɔni kɔfɛ.
trace-page-label-title = Lo { $code } taamasiyɛnw
trace-page-label-made = A dilanna { $day }
