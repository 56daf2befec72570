# What people read in French (and, until it has its own file, in Bambara). One message a line, sorted as the code table is.

error-required = Ce champ est obligatoire.
error-too-short = Trop court : { $minimum } au minimum.
error-too-long = Trop long : { $maximum } au maximum.
error-invalid-characters = Ce texte contient des caractères qui ne peuvent pas être enregistrés.
error-invalid-value = « { $value } » n'est pas accepté ici. Valeurs possibles : { $allowed }.
error-out-of-range = Hors limites : entre { $minimum } et { $maximum }.
error-malformed-number = « { $value } » n'est pas un nombre décimal, par exemple 12.5.
error-too-precise = Trop de décimales : { $decimals } au maximum.
error-unknown-currency = Monnaie inconnue : { $value }. Utilisez un code ISO 4217, par exemple XOF.
error-invalid-id = Ceci n'est pas un identifiant de type « { $expected } ».
error-invalid-period = La fin précède le début.
error-invalid-phone = « { $value } » n'est pas un numéro de téléphone valable. Au Mali : 8 chiffres, par exemple 76 12 34 56.
error-invalid-email = « { $value } » n'est pas une adresse électronique.
error-weak-password = Ce mot de passe est trop facile à deviner. Prenez au moins { $minimum } caractères, par exemple une courte phrase.
error-identifier-taken = Un compte existe déjà avec cet identifiant. Connectez-vous.
error-invalid-credentials = Identifiant ou mot de passe incorrect.
error-too-many-attempts =
    Trop d'essais. Réessayez dans { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }.
error-invalid-session = Cette session n'est plus valable. Connectez-vous de nouveau.
error-invalid-invitation = Cette invitation n'est pas valable ou a expiré. Demandez-en une nouvelle.
error-already-member = Cette personne est déjà membre de l'organisation.
error-last-owner = Une organisation garde au moins une propriétaire. Nommez-en une autre d'abord.
error-unauthenticated = Connectez-vous d'abord.
error-forbidden = Vous n'avez pas le droit de faire cela.
error-not-found = Introuvable.
error-version-conflict = Cet élément a été modifié entre-temps (version { $current }). Relisez-le et recommencez.
error-idempotency-conflict = Cette clé d'idempotence a déjà servi avec d'autres données.
error-unknown-place = Lieu inconnu : « { $value } ». Proches : { $suggestions }.
error-location-out-of-bounds = Ce point n'est pas au Mali. Vérifiez la latitude et la longitude.
error-unknown-language = Langue inconnue : « { $value } ». Langues : fr, en, bm.
error-legal-form-not-allowed = La forme juridique { $legalForm } ne convient pas à { $kind }. Possibles : { $allowed }.
error-too-few-members = Une { $legalForm } compte au moins { $required } membres ({ $source }) ; vous en déclarez { $actual }.
error-invalid-registration = « { $value } » n'est pas un numéro { $scheme }. Exemple : { $example }.
error-duplicate-registration = Le numéro { $scheme } { $value } est déjà enregistré.
error-inconsistent = Ces données se contredisent : { $reason }.
error-unknown-product = Produit inconnu : « { $value } ». Proches : { $suggestions }.
error-unknown-unit = Unité inconnue pour ce produit : « { $value } ». Possibles : { $allowed }.
error-unknown-attribute = Ce produit n'a pas la mesure « { $value } ». Possibles : { $allowed }.
error-grade-mismatch = Les mesures donnent le grade { $derived }, et non { $claimed }.
error-unknown-scheme = Système de certification inconnu : { $value }.
error-duplicate-reference = La référence « { $value } » désigne déjà une autre offre.
error-invalid-transition = Impossible dans l'état { $state }.
error-missing-for-publication = Il manque cette donnée pour publier l'offre.
error-insufficient-stock = Il ne reste que { $available } { $unit }.
error-stock-reserved = Cette quantité ne convient pas : { $reserved } { $unit } sont réservés à des acheteurs.
error-grade-needs-measurements = Le grade se déduit des mesures ({ $standard }). Il manque : { $missing }.
error-conflict-of-interest = Vous appartenez à une organisation concernée, ou vous avez déposé ce dossier : une autre personne doit décider.
error-lot-not-held = Vous n'avez pas le lot { $lot } : seul qui le détient peut en disposer.
error-lot-in-transit = Le lot { $lot } est en route ; il doit d'abord être reçu.
error-lot-void = Le lot { $lot } a été annulé par une correction.
error-lot-on-hold = Le lot { $lot } est bloqué et ne peut pas être déplacé.
error-lot-twice = Le lot { $lot } est cité deux fois ; additionnez les quantités.
error-before-lot = Le lot { $lot } n'est là que depuis le { $since } ; indiquez un moment ultérieur.
error-mixed-products = Ce lot est de { $product }, le premier de { $first } ; des produits différents se transforment, ils ne se regroupent pas.
error-yield-exceeded = { $actual } kg de { $product } dépassent le rendement possible de { $maximum } kg ({ $source }). Corrigez la quantité, ou justifiez-la par une dérogation signée.
error-duplicate-event = Ceci est déjà enregistré ({ $event }). S'il s'agit d'un autre événement, précisez son heure.
error-producer-not-member = Cette productrice n'était pas membre le { $day } ; vérifiez la date ou son adhésion.
error-deadline-passed = Le délai est passé le { $deadline } ; plus rien n'est accepté.
error-deadline-not-reached = Ceci sera possible à partir du { $deadline }.
error-weights-not-whole = Les pondérations font { $actual } % ; leur somme doit être 100 %.
error-shares-not-whole = Les parts font { $actual } % ; leur somme doit être 100 %.
error-mixed-currencies = Ce montant est en { $actual } ; donnez-le en { $expected }, comme le reste.
error-not-invited = Seules les organisations invitées peuvent soumissionner à cette demande.
error-reserved-lot = { $lot } est réservé aux soumissionnaires satisfaisant { $definition } avec au moins la preuve { $evidence }. Déclarez votre actionnariat ou déposez une preuve.
error-not-first-ranked = Cette offre est classée { $rank } ; attribuez le lot à la première, ou écartez celles qui précèdent avec un motif.
error-standstill-running = Le délai d'attente court jusqu'au { $until }.
error-complaint-open = Décidez d'abord le recours en cours.
error-gracious-appeal-first = Adressez d'abord un recours gracieux à l'acheteur ; l'organe de recours vous entendra ensuite.
error-evaluation-incomplete = Il manque { $missing } notes : chaque offre valable doit être notée par autant d'évaluateurs que prévu.
error-conflict-not-declared = Déclarez d'abord si vous avez un conflit d'intérêts.
error-already-awarded = Ce lot est déjà attribué.
error-over-delivery = Au plus { $maximum } { $unit } peuvent être livrés.
error-over-billing = { $maximum } { $unit } de cette ligne ont été acceptés et ne sont pas encore facturés.
error-over-payment = Il reste au plus { $maximum } à payer.
error-duplicate-number = { $value } a déjà été utilisé ici ; donnez un autre numéro.
error-sealed-before = Vous avez déjà une offre scellée pour cette demande. Retirez-la d'abord, ou indiquez que celle-ci la remplace.
error-claimed-by-another = Une autre vérificatrice s'en occupe jusqu'au { $until }.
error-fact-not-declared = Déclarez d'abord cette donnée, puis déposez ce qui l'atteste.
error-scheme-not-issued = { $scheme } n'est plus délivré depuis le { $last }.
error-overlapping-certificate = Le certificat { $number } de { $issuer } couvre déjà ces produits à ces dates.
error-group-not-allowed = { $scheme } ne certifie pas de groupes.
error-group-member-too-large = { $member } exploite { $hectares } ha : { $maximum } ha au maximum, ou { $turnover } F CFA de chiffre d'affaires certifié par an.
error-duplicate-group-member = { $member } figure deux fois dans le groupe.
error-member-of-another-group = Déjà membres d'un autre groupe certifié : { $members }.
error-person-not-identified = Enregistrez d'abord son téléphone ou son numéro d'identité : il montre qu'elle n'est pas dans un autre groupe.
error-member-code-taken = Le numéro « { $value } » est déjà celui d'une autre productrice de l'organisation.
error-invalid-geometry = { $reason ->
    [kind] Une parcelle est un Point ou un Polygon.
    [position] Chaque position s'écrit [longitude, latitude], en degrés.
    [too-few] Un contour a au moins quatre positions : trois coins différents, puis le premier répété.
    [open] Le contour n'est pas fermé : sa dernière position doit être la première.
    [crossing] Le contour se croise ou se touche, ou un trou sort du contour.
    [swapped] Latitude et longitude sont inversées : GeoJSON écrit la longitude d'abord.
   *[unreadable] Ceci n'est pas une géométrie GeoJSON.
}
error-invalid-confirmation-code = Ce code n'est pas valable : vérifiez-le, ou demandez-en un autre.
error-empty-search = Une recherche enregistrée a besoin de mots ou d'un filtre.
error-limit-reached = Il y en a déjà { $maximum }, c'est le maximum. Supprimez-en une d'abord.
error-blocked = Aucun message ne peut être envoyé entre ces deux organisations.
error-own-organization = Une organisation ne peut pas faire cela avec elle-même.
error-already-reported = Vous avez déjà fait ce signalement ; il est en cours d'examen.
error-sent-too-much =
    Votre organisation a beaucoup écrit. Réessayez dans { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }.
error-not-utf8 = Ce texte n'est pas en UTF-8. Dans le tableur, enregistrez sous « CSV UTF-8 ».
error-unknown-column = Colonne inconnue ou en double : « { $value } ». Colonnes possibles : { $allowed }.
error-missing-column = Il manque la colonne « { $value } ».
error-wrong-column-count = Cette ligne a { $actual } valeurs au lieu de { $expected }.
error-invalid-date = « { $value } » n'est pas une date. Écrivez 2026-11-23 ou 23/11/2026.
error-digest-mismatch = Ce qui est arrivé n'est pas le fichier annoncé : son SHA-256 est différent. Renvoyez le fichier.
error-length-mismatch = { $actual } octets sont arrivés ; { $expected } étaient annoncés.
error-type-mismatch = Le fichier n'est pas ce qu'il prétend être : { $expected } était annoncé.
error-upload-missing = Le fichier n'est pas encore arrivé. Envoyez-le à l'adresse indiquée, puis réessayez.
error-image-too-large = L'image est trop grande : au plus { $maximum } millions de pixels.
error-unreadable-image = L'image est illisible ; elle est peut-être endommagée.
error-quota-exceeded = Les documents de l'organisation peuvent occuper { $maximum } Mo en tout. Supprimez-en d'abord.
error-document-in-use = Ce document est utilisé et ne peut pas être supprimé.
error-not-a-public-image = Seule une image visible par tout le monde peut être montrée ici.
error-invalid-cursor = Ce curseur n'appartient pas à cette liste. Recommencez au début.
error-invalid-page-size = Demandez first ou last, entre 0 et { $maximum }, et une seule direction.

# The nearest way to satisfy a criterion of an ownership definition.
ownership-fix-transfer-at-least = Transférez { $points } % de la propriété à des femmes.
ownership-fix-transfer-more-than =
    { $points ->
        [0] Transférez une part de plus de la propriété à des femmes.
       *[other] Transférez plus de { $points } % de la propriété à des femmes.
    }
ownership-fix-management-at-least = Augmentez de { $points } points la part des femmes dans la direction.
ownership-fix-management-more-than =
    { $points ->
        [0] Confiez un poste de direction de plus à une femme.
       *[other] Augmentez de plus de { $points } points la part des femmes dans la direction.
    }
ownership-fix-board-at-least = Augmentez de { $points } points la part des femmes au conseil d'administration.
ownership-fix-board-more-than =
    { $points ->
        [0] Confiez un siège de plus du conseil d'administration à une femme.
       *[other] Augmentez de plus de { $points } points la part des femmes au conseil d'administration.
    }
ownership-fix-admit-women =
    { $women ->
        [one] Admettez { $women } femme de plus comme membre.
       *[other] Admettez { $women } femmes de plus comme membres.
    }
ownership-fix-signatory = Donnez la signature des actes et des comptes à une femme.
ownership-fix-independence = Gérez l'organisation indépendamment d'entreprises que des femmes ne possèdent pas.
ownership-fix-chief-executive = Nommez une femme à la direction générale ou à la direction des opérations.
ownership-fix-cooperatives-only = Cette définition ne vaut que pour les coopératives ; choisissez-en une autre.
ownership-definition-iwa34-women-owned = Entreprise détenue par des femmes (IWA 34)
ownership-definition-iwa34-women-led = Entreprise dirigée par des femmes (IWA 34)
ownership-definition-un-women-owned = Entreprise détenue par des femmes (ONU Femmes)
ownership-definition-ifc-women-owned = Entreprise détenue par des femmes (IFC)
ownership-definition-womens-cooperative = Coopérative de femmes
ownership-value-yes = oui
ownership-value-no = non
ownership-value-percent = { $percent } %
ownership-value-members = { $women } membres sur { $total } ({ $percent } %)
ownership-value-at-least = au moins { $percent } %
ownership-value-more-than = plus de { $percent } %


# What values of search facets are called.
search-kind-cooperative = Coopérative
search-kind-sme = Petite ou moyenne entreprise
search-kind-market-seller = Vendeuse ou vendeur de marché
search-kind-company = Société
search-kind-public-body = Organisme public
search-kind-certifier = Certificateur
search-kind-support-organization = Structure d'appui
search-ownership-iwa34-women-owned = Propriété de femmes (IWA 34)
search-ownership-iwa34-women-led = Dirigée par des femmes (IWA 34)
search-ownership-un-women-owned = Propriété de femmes (ONU Femmes)
search-ownership-ifc-women-owned = Propriété de femmes (IFC)
search-ownership-womens-cooperative = Coopérative de femmes

# Ce que l'on annonce aux gens.
notification-search-match-title = Nouvelle annonce : { $title }
notification-search-match-text = { $title }, par { $seller }, répond à votre recherche « { $search } ».
notification-search-match-sms = Nouvelle annonce pour « { $search } » : { $title }, { $seller }.
notification-certificate-decided-title = Votre certificat { $number }
notification-certificate-decided-text = Le certificat { $scheme } n° { $number } { $became ->
    [VERIFIED] a été vérifié et compte désormais.
    [REJECTED] a été refusé. Le motif est indiqué dans le dossier.
    [SUSPENDED] est suspendu jusqu'à nouvel ordre.
    [REVOKED] est retiré.
   *[other] a changé d'état.
}
notification-certificate-decided-sms = Certificat { $scheme } { $number } : { $became ->
    [VERIFIED] vérifié.
    [REJECTED] refusé.
    [SUSPENDED] suspendu.
    [REVOKED] retiré.
   *[other] état changé.
}
notification-lots-recalled-title = Rappel de lots
notification-lots-recalled-text = Des lots que vous détenez ou proposez sont rappelés : { $reason } Ne les vendez pas et ne les utilisez pas.
notification-lots-recalled-sms = Rappel de lots : { $reason } Ne les vendez pas, ne les utilisez pas.
notification-certificate-expiring-title = Le certificat { $number } expire bientôt
notification-certificate-expiring-text = Le certificat { $scheme } n° { $number } est valable jusqu'au { $day }. Demandez dès maintenant son renouvellement.
notification-certificate-expiring-sms = Certificat { $scheme } { $number } : expire le { $day }. Pensez au renouvellement.
notification-evidence-decided-title = Preuve { $became ->
    [ACCEPTED] acceptée
   *[other] refusée
} : { $organization }
notification-evidence-decided-text = La preuve déposée pour { $organization } a été { $became ->
    [ACCEPTED] acceptée.
   *[other] refusée. Le motif est indiqué dans le dossier.
}
notification-evidence-decided-sms = { $organization } : preuve { $became ->
    [ACCEPTED] acceptée.
   *[other] refusée.
}
notification-evidence-expiring-title = Une preuve de { $organization } expire bientôt
notification-evidence-expiring-text = Une preuve sur la propriété et la direction de { $organization } est valable jusqu'au { $day }. Déposez-en une nouvelle pour garder votre niveau.
notification-evidence-expiring-sms = { $organization } : une preuve expire le { $day }. Déposez-en une nouvelle.
notification-inquiry-message-title = { $organization } vous a écrit
notification-inquiry-message-text = { $title ->
    [none] { $organization } a écrit à votre organisation.
   *[other] { $organization } a écrit à votre organisation au sujet de « { $title } ».
} Lisez et répondez dans vos messages.
notification-inquiry-message-sms = { $organization } vous a écrit. Lisez et répondez dans vos messages.
notification-lot-awarded-title = { $request } : { $became ->
    [WON] lot attribué à votre offre
    [LOST] lot attribué à une autre offre
    [ACTIVE] attribution en vigueur
    [CANCELLED] attribution annulée
   *[other] attribution
}
notification-lot-awarded-text = { $became ->
    [WON] Le lot « { $lot } » de « { $request } » est attribué à votre offre. L'attribution entre en vigueur après le délai d'attente.
    [LOST] Le lot « { $lot } » de « { $request } » est attribué à une autre offre. Vous pouvez consulter le classement et former un recours.
    [ACTIVE] L'attribution du lot « { $lot } » de « { $request } » à votre offre est en vigueur. Le contrat peut être signé.
    [CANCELLED] L'attribution du lot « { $lot } » de « { $request } » à votre offre est annulée. Le motif est indiqué dans le dossier.
   *[other] L'attribution du lot « { $lot } » de « { $request } » a changé d'état.
}
notification-lot-awarded-sms = { $lot } : { $became ->
    [WON] attribué à votre offre.
    [LOST] attribué à une autre offre.
    [ACTIVE] attribution en vigueur.
    [CANCELLED] attribution annulée.
   *[other] état changé.
}
notification-complaint-filed-title = Recours : { $request }
notification-complaint-filed-text = { $level ->
    [REVIEW] Un recours devant l'organe de régulation est formé contre « { $request } ».
   *[other] Un recours gracieux est formé contre « { $request } ». Répondez dans le délai.
}
notification-complaint-filed-sms = Recours contre { $request }.
notification-complaint-decided-title = Recours { $became ->
    [UPHELD] accueilli
    [REJECTED] rejeté
   *[other] irrecevable
} : { $request }
notification-complaint-decided-text = Le recours contre « { $request } » a été { $became ->
    [UPHELD] accueilli. La suite est indiquée dans le dossier.
    [REJECTED] rejeté. Le motif est indiqué dans le dossier.
   *[other] déclaré irrecevable. Le motif est indiqué dans le dossier.
}
notification-complaint-decided-sms = { $request } : recours { $became ->
    [UPHELD] accueilli.
    [REJECTED] rejeté.
   *[other] irrecevable.
}
notification-request-invitation-title = Invitation à soumissionner : { $title }
notification-request-invitation-text = { $buyer } vous invite à soumissionner à « { $title } ». Les offres sont reçues jusqu'au { $deadline } UTC.
notification-request-invitation-sms = { $buyer } vous invite à soumissionner à « { $title } » avant le { $deadline } UTC.
notification-request-amended-title = Demande modifiée : { $title }
notification-request-amended-text = { $buyer } a modifié « { $title } ». Lisez ce qui change et confirmez votre offre si vous en avez déposé une ; les offres sont reçues jusqu'au { $deadline } UTC.
notification-request-amended-sms = « { $title } » a été modifiée. Confirmez votre offre avant le { $deadline } UTC.
notification-request-cancelled-title = Demande annulée : { $title }
notification-request-cancelled-text = { $buyer } a renoncé à « { $title } ». Le motif figure au dossier ; aucune offre n'est ouverte.
notification-request-cancelled-sms = { $buyer } a renoncé à « { $title } ».
notification-question-asked-title = Une question sur { $title }
notification-question-asked-text = Une question est posée sur « { $title } ». Tout le monde lira votre réponse ; répondez avant le { $deadline } UTC.
notification-question-asked-sms = Une question sur « { $title } » attend votre réponse.
notification-question-answered-title = Réponse à votre question sur { $title }
notification-question-answered-text = { $buyer } a répondu à votre question sur « { $title } ». Les offres sont reçues jusqu'au { $deadline } UTC.
notification-question-answered-sms = { $buyer } a répondu à votre question sur « { $title } ».
notification-order-placed-title = Commande : { $title }
notification-order-placed-text = Une commande de « { $title } » attend votre signature. La marchandise est réservée jusque-là.
notification-order-placed-sms = Commande de « { $title } » à signer.
notification-contract-to-sign-title = À signer : { $title }
notification-contract-to-sign-text = Le contrat « { $title } » attend votre signature. Lisez-le avant de signer.
notification-contract-to-sign-sms = Contrat « { $title } » à signer.
notification-contract-ended-title = Contrat terminé : { $title }
notification-contract-ended-text = Le contrat « { $title } » a pris fin. Motif : { $reason }
notification-contract-ended-sms = Contrat « { $title } » terminé. Motif : { $reason }
notification-delivery-dispatched-title = En route : { $title }
notification-delivery-dispatched-text = { $quantity } de « { $title } » sont en route, pour le { $day }. Enregistrez la réception à l'arrivée.
notification-delivery-dispatched-sms = { $quantity } de « { $title } » en route, pour le { $day }.
notification-delivery-decided-title = Livraison { $became ->
    [ACCEPTED] acceptée
    [PARTIALLY_ACCEPTED] acceptée en partie
   *[other] refusée
} : { $title }
notification-delivery-decided-text = La livraison de « { $title } » a été { $became ->
    [ACCEPTED] acceptée. Vous pouvez la facturer.
    [PARTIALLY_ACCEPTED] acceptée en partie ; le motif est indiqué. Facturez ce qui est accepté.
   *[other] refusée. Le motif est indiqué.
}
notification-delivery-decided-sms = Livraison « { $title } » : { $became ->
    [ACCEPTED] acceptée.
    [PARTIALLY_ACCEPTED] acceptée en partie.
   *[other] refusée.
}
notification-invoice-submitted-title = Facture { $number } : { $title }
notification-invoice-submitted-text = La facture { $number } pour « { $title } » attend votre décision. Le délai de paiement court.
notification-invoice-submitted-sms = Facture { $number } reçue pour « { $title } ».
notification-invoice-decided-title = Facture { $number } { $became ->
    [APPROVED] approuvée
   *[other] refusée
}
notification-invoice-decided-text = La facture { $number } pour « { $title } » a été { $became ->
    [APPROVED] approuvée.
   *[other] refusée. Le motif est indiqué ; facturez à nouveau sous un autre numéro.
}
notification-invoice-decided-sms = Facture { $number } : { $became ->
    [APPROVED] approuvée.
   *[other] refusée.
}
notification-payment-recorded-title = Paiement de la facture { $number }
notification-payment-recorded-text = L'acheteur déclare avoir payé { $amount } sur la facture { $number } (« { $title } »). Dites si vous l'avez reçu.
notification-payment-recorded-sms = Paiement de { $amount }, facture { $number } : l'avez-vous reçu ?
notification-payment-disputed-title = Paiement non reçu : facture { $number }
notification-payment-disputed-text = Le paiement { $reference } de la facture { $number } (« { $title } ») n'est pas arrivé. Vérifiez auprès de votre banque.
notification-payment-disputed-sms = Paiement { $reference } (facture { $number }) non reçu.
notification-stop-email = Pour ne plus recevoir ces e-mails : { $link }
notification-stop-sms = Stop : { $link }

# La page derrière le lien de chaque message.
stop-page-ask = Ne plus recevoir ni e-mails ni SMS ?
stop-page-ask-email = Ne plus recevoir d'e-mails ?
stop-page-ask-sms = Ne plus recevoir de SMS ?
stop-page-button = Ne plus recevoir
stop-page-done = C'est fait : vous n'en recevrez plus. Vous pouvez changer d'avis dans vos préférences.
stop-page-unknown = Ce lien n'est plus valable. Connectez-vous pour changer vos préférences.

# Un jour, comme on l'écrit.
page-day = { $day ->
    [1] 1er
   *[other] { $day }
} { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
} { $year }

# La page d'une attestation vérifiable.
credential-page-valid = Valable
credential-page-not-yet-valid = Pas encore valable
credential-page-expired = Expirée
credential-page-suspended = Suspendue
credential-page-revoked = Révoquée
credential-page-superseded = Remplacée par une attestation plus récente
credential-page-since = Depuis le { $day }
credential-page-looked = État au { $day }
credential-page-says-certified = { $certifier } a certifié { $holder }.
credential-page-says-ownership = { $holder } répond à la définition « { $definition } » ({ $source }).
credential-page-holder = Titulaire
credential-page-certifier = Certifié par
credential-page-issuer = Attesté par
credential-page-from = Valable à partir du
credential-page-until = Valable jusqu'au
credential-page-products = Produits
credential-page-sites = Sites
credential-page-history = Historique
credential-page-issued = { $day } : signée
credential-page-was-suspended = { $day } : suspendue ({ $reason })
credential-page-was-reinstated = { $day } : rétablie ({ $reason })
credential-page-was-revoked = { $day } : révoquée ({ $reason })
credential-page-will-be-suspended = { $day } : sera suspendue ({ $reason })
credential-page-will-be-reinstated = { $day } : sera rétablie ({ $reason })
credential-page-will-be-revoked = { $day } : sera révoquée ({ $reason })
credential-page-check = Vérifier
credential-page-check-how = Cette attestation est signée. Un logiciel peut la vérifier, même sans réseau, avec le dossier ci-dessous.
credential-page-bundle = Dossier de vérification (JSON)
credential-page-keys = Clés publiques de l'émetteur
credential-page-footer = Émetteur : { $issuer }

consent-public-name = J'accepte que mon nom figure sur les pages publiques de ce que j'ai cultivé ou fabriqué.
consent-statistics = J'accepte que mon activité compte, sans mon nom, dans les chiffres sur le commerce des femmes.
consent-training-offers = J'accepte d'être informée des formations et des programmes des partenaires.

# Les messages aux productrices, qui n'ont pas de compte. 160 signes au plus, sans lettres hors de l'alphabet des SMS.
producer-message-delivery = { $organization } : { $amount } { $product }, livraison du { $day }. Si c'est exact, confirmez avec le code { $code }
producer-message-payment = { $organization } : { $amount } payés le { $day } ({ $product }). Si c'est exact, confirmez avec le code { $code }
# La page publique d'un lot, derrière le code d'un sac.
trace-page-day = { $day ->
    [1] 1er
   *[other] { $day }
} { $month ->
    [1] janvier
    [2] février
    [3] mars
    [4] avril
    [5] mai
    [6] juin
    [7] juillet
    [8] août
    [9] septembre
    [10] octobre
    [11] novembre
   *[12] décembre
} { $year }
trace-page-days = du { $from } au { $until }
trace-page-languages = Langues
trace-page-lot = Lot
trace-page-nobody = Organisation non nommée
trace-page-made-by = fait par { $organization }
trace-page-made-on = Date
trace-page-made-at = Lieu
trace-page-weight = Poids
trace-page-grade = Qualité
trace-page-custody = Origines
trace-page-custody-identity-preserved = D'une seule origine, gardé à part de tout autre
trace-page-custody-segregated = De plusieurs origines de même nature, gardé à part du reste
trace-page-custody-controlled-blending = Mélange dont les parts sont connues
trace-page-custody-mass-balance = Mélange dont les parts ne sont connues que sur une période
trace-page-void = Lot annulé.
trace-page-void-why = L'enregistrement qui a créé ce lot a été déclaré erroné. Ne vous fiez pas à ce qui suit.
trace-page-recall = Produit rappelé : ne l'utilisez pas
trace-page-recall-since = Rappelé par { $organization } le { $day }.
trace-page-recall-call = Appeler le { $phone }
trace-page-growers = Qui l'a cultivé
trace-page-ring = Part cultivée par des femmes : { $percent }
trace-page-headline-all = Entièrement cultivé par des femmes
trace-page-headline-nearly-all = Presque entièrement cultivé par des femmes
trace-page-headline-most = Plus de la moitié est cultivée par des femmes
trace-page-headline-half = La moitié est cultivée par des femmes
trace-page-headline-some = Une partie est cultivée par des femmes
trace-page-headline-little = Une petite partie est cultivée par des femmes
trace-page-headline-none = Aucune part connue n'est cultivée par des femmes
trace-page-headline-unknown = On ne sait pas qui l'a cultivé
trace-page-women = par des femmes
trace-page-others = par d'autres
trace-page-unknown-growers = inconnu
trace-page-counted = { $women ->
    [0] Aucune femme
    [1] Une femme
   *[other] { $women } femmes
} parmi { $producers ->
    [1] une personne qui a livré.
   *[other] { $producers } personnes qui ont livré.
}
trace-page-confirmed = { $percent } confirmés par les personnes mêmes qui ont livré
trace-page-names = Elles et ils acceptent d'être nommés
trace-page-names-more = et { $count ->
    [1] une autre personne
   *[other] { $count } autres personnes
}
trace-page-map = D'où il vient
trace-page-map-label = Carte du Mali avec le chemin du lot : { $places }
trace-page-way = Son chemin
trace-page-steps-more = { $count ->
    [1] Une autre étape n'est pas montrée.
   *[other] { $count } autres étapes ne sont pas montrées.
}
trace-page-cut-off = Ce lot vient d'un très grand nombre de lots : ce qui est plus loin est compté comme inconnu.
trace-page-step-delivery = Livré par les productrices et producteurs
trace-page-step-aggregation = Rassemblé
trace-page-step-split = Partagé
trace-page-step-transformation = Transformé
trace-page-step-inspection = Contrôlé
trace-page-step-shipment = Expédié
trace-page-step-receipt = Reçu
trace-page-step-loss = Une partie perdue
trace-page-step-recall = Rappelé
trace-page-step-recall-end = Fin du rappel
trace-page-step-correction = Corrigé
trace-page-step-captured = Rapporté par un tiers
trace-page-step-producers = { $count ->
    [1] d'une personne
   *[other] de { $count } personnes
}
trace-page-step-void = Déclaré erroné par la suite
trace-page-claims = Certificats
trace-page-claims-none = Aucun certificat ne couvre ce lot.
trace-page-claim-whole = Couvre tout le lot
trace-page-claim-part = Couvre { $percent } du lot
trace-page-claim-maker = Concerne la façon de travailler de qui l'a fait
trace-page-then-valid = Valable quand le lot a été fait
trace-page-then-not-valid = Pas valable quand le lot a été fait
trace-page-then-suspended = Suspendu quand le lot a été fait
trace-page-then-revoked = Retiré pour le jour où le lot a été fait
trace-page-now-valid = Valable aujourd'hui, jusqu'au { $day }
trace-page-now-expired = Terminé depuis : il allait jusqu'au { $day }
trace-page-now-suspended = Suspendu aujourd'hui
trace-page-now-revoked = Retiré depuis
trace-page-now-not-valid = Pas valable aujourd'hui
trace-page-claim-certificate = N° { $number }, délivré par { $issuer } à { $holder }
trace-page-claim-check = Voir l'attestation signée
trace-page-makers = Par quelles mains
trace-page-makers-more = { $count ->
    [1] et une autre organisation
   *[other] et { $count } autres organisations
}
trace-page-deed-delivery = a reçu les livraisons
trace-page-deed-aggregation = a rassemblé
trace-page-deed-split = a partagé
trace-page-deed-transformation = a transformé
trace-page-deed-inspection = a contrôlé
trace-page-deed-shipment = a expédié
trace-page-deed-receipt = a reçu
trace-page-deed-loss = a déclaré une perte
trace-page-deed-recall = a rappelé
trace-page-deed-recall-end = a mis fin au rappel
trace-page-deed-correction = a corrigé
trace-page-deed-captured = a rapporté
trace-page-evidence-declared = selon sa déclaration
trace-page-evidence-verified = vérifié
trace-page-evidence-certified = certifié par un tiers
trace-page-code = Montrez-le à d'autres
trace-page-code-why = Ce code mène à cette page.
trace-page-unknown = Ce code n'est pas connu ici
trace-page-unknown-why = Vérifiez les lettres et les chiffres de l'étiquette. Si le code est bien celui-là, l'étiquette ne vient pas d'ici.
trace-page-unable = Cette page ne peut pas être montrée pour l'instant
trace-page-unable-why = Réessayez dans quelques minutes.
trace-page-label-title = Étiquettes du lot { $code }
trace-page-label-how = Imprimez sur papier A4, à 100 %, sans en-tête ni pied de page.
trace-page-label-not = Ce lot est rappelé ou annulé : ne collez pas ces étiquettes.
trace-page-label-made = Fait le { $day }
matching-nothing = rien
matching-days = du { $from } au { $until }
matching-between = de { $minimum } à { $maximum }
matching-at-least = au moins { $minimum }
matching-at-most = au plus { $maximum }
matching-measured = mesuré
matching-until = jusqu'au { $day }
matching-invited = invitée
matching-not-invited = non invitée
matching-status-yes = oui
matching-status-no = non
matching-status-unknown = inconnu
matching-level-declared = déclaré
matching-level-submitted = document déposé
matching-level-verified = document vérifié
matching-level-certified = certifié par un tiers
matching-fix-offer-more = Ajoutez { $quantity }, seule ou en groupement.
matching-fix-offer-within = Proposez une part disponible { $days }.
matching-fix-measure = Faites mesurer { $attribute } et ajoutez le résultat à l'annonce.
matching-fix-improve = Améliorez { $attribute } de { $missing }.
matching-fix-get-certified = Obtenez un certificat { $scheme } en vigueur le { $day }.
matching-fix-renew = Le certificat { $scheme } expire dans { $days } jours ; renouvelez-le.
matching-fix-declare = Déclarez qui possède et dirige l'organisation.
matching-fix-evidence = Déposez une preuve de propriété : { $level }.
matching-fix-choose-others = Choisissez des lots qui ne sont pas réservés.
matching-fix-invitation = Demandez à l'acheteur de vous inviter.
matching-preview = Avec ces lots, { $qualifying } fournisseurs sur { $suppliers } remplissent les conditions.
matching-preview-split = En divisant le lot { $lot } en { $lots } lots : { $qualifying }.
indicator-01 = Part des marchés attribués aux femmes, en nombre
indicator-02 = Part des marchés attribués aux femmes, en valeur
indicator-03 = Écart à l'objectif
indicator-04 = Part des femmes parmi les soumissionnaires
indicator-05 = Offres par lot et portée
indicator-06 = Parité de réussite
indicator-07 = Écart d'élimination
indicator-08 = Part des femmes parmi les invitées
indicator-09 = Marchés ouverts à la concurrence
indicator-10 = Appels ouverts à une seule offre
indicator-11 = Recours aux mesures de genre
indicator-12 = Effet des mesures de genre
indicator-13 = Jours jusqu'au paiement
indicator-14 = Paiements à temps et arriérés
indicator-15 = Durée des étapes
indicator-16 = Dérive des contrats
indicator-17 = Livraisons à temps et complètes
indicator-18 = Recours
indicator-19 = Concentration et entrée
indicator-20 = Couverture par des preuves
indicator-21 = Part de statut inconnu
indicator-22 = Productrices atteintes
indicator-23 = Qualité des données publiées
indicator-group-none = non connu
dashboard-title = Achats aux femmes
dashboard-sign-in = Se connecter
dashboard-sign-out = Se déconnecter
dashboard-identifier = Téléphone ou adresse e-mail
dashboard-password = Mot de passe
dashboard-too-many-attempts = Trop de tentatives ; réessayez dans quelques minutes.
dashboard-sent-from-elsewhere = Ce formulaire a été envoyé depuis un autre site ; connectez-vous ici.
dashboard-buyer = Acheteur
dashboard-all-buyers = Tous les acheteurs
dashboard-from = Du
dashboard-to = Au
dashboard-definition = Définition
dashboard-evidence = Preuve minimale
dashboard-show = Afficher
dashboard-not-told = non communiqué : trop peu de marchés
dashboard-nothing = Rien sur cette période.
dashboard-as-table = En tableau
dashboard-download = Télécharger en CSV
dashboard-as-of = État au { $at }.
dashboard-women = Femmes
dashboard-others = Autres
dashboard-unknown = Inconnu
dashboard-target = Objectif
dashboard-over-time = Part de la valeur attribuée aux femmes, par mois
dashboard-by-region = Part par région de livraison
dashboard-by-product = Part par produit
dashboard-pipeline = Demandes en cours
dashboard-late = Paiements en retard
dashboard-month = Mois
dashboard-region = Région
dashboard-product = Produit
dashboard-share = Part des femmes
dashboard-value-women = Valeur aux femmes
dashboard-value = Valeur totale
dashboard-state = État
dashboard-requests = Demandes
dashboard-supplier = Fournisseur
dashboard-invoice = Facture
dashboard-due = Échéance
dashboard-days-late = Jours de retard
dashboard-unpaid = Reste à payer
dashboard-aimed-at = objectif : { $target }
dashboard-of-unknown = statut inconnu : { $share }
dashboard-figure-share = Part de la valeur aux femmes
dashboard-figure-number = Part des marchés aux femmes
dashboard-figure-coverage = Valeur aux femmes dont la preuve est vérifiée
dashboard-figure-unknown = Marchés au statut inconnu
dashboard-figure-on-time = Factures payées à temps
dashboard-request-draft = Brouillon
dashboard-request-published = Publiée
dashboard-request-closed = Close
dashboard-request-opened = Offres ouvertes
dashboard-request-evaluating = En évaluation
dashboard-request-awarding = En attribution
dashboard-request-complete = Terminée
dashboard-request-cancelled = Annulée
dashboard-request-unsuccessful = Infructueuse
dashboard-definition-iwa34-women-owned = Détenue par des femmes (ISO IWA 34)
dashboard-definition-iwa34-women-led = Dirigée par des femmes (ISO IWA 34)
dashboard-definition-un-women-owned = Détenue par des femmes (ONU Femmes)
dashboard-definition-ifc-women-owned = Détenue par des femmes (SFI)
dashboard-definition-womens-cooperative = Coopérative de femmes
dashboard-level-self-declared = déclarée
dashboard-level-document-submitted = document déposé
dashboard-level-document-verified = document vérifié
dashboard-level-third-party-certified = certifiée par un tiers
