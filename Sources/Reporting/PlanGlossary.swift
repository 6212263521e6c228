// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Terms of the field in three languages, for readers of `plan.json` whose document is in another.
struct PlanGlossary {
    let english: String
    let korean: String
    let spanish: String

    var json: JSON { .object([("en", .string(english)), ("ko", .string(korean)), ("es", .string(spanish))]) }

    private init(_ english: String, _ korean: String, _ spanish: String) {
        self.english = english
        self.korean = korean
        self.spanish = spanish
    }

    static let terms = [
        PlanGlossary("non-revenue water", "무수수량+무효수량", "agua no facturada"),
        PlanGlossary("revenue water ratio", "유수율", "porcentaje de agua facturada"),
        PlanGlossary("system input volume", "총급수량", "volumen de entrada al sistema"),
        PlanGlossary("real losses", "실손실", "pérdidas reales"), PlanGlossary("apparent losses", "명목손실", "pérdidas aparentes"),
        PlanGlossary("leakage rate", "누수율", "índice de fugas"), PlanGlossary("water balance", "물수지", "balance hídrico"),
        PlanGlossary("district metered area", "소블록", "distrito hidrométrico"),
        PlanGlossary("isolation test", "고립 시험", "prueba de hermeticidad"),
        PlanGlossary("minimum night flow", "야간최소유량", "caudal mínimo nocturno"),
        PlanGlossary("active leakage control", "능동적 누수관리", "control activo de fugas"),
        PlanGlossary("pressure-reducing valve", "감압밸브", "válvula reductora de presión"),
        PlanGlossary("meter under-registration", "계량기 불감수량", "subregistro"),
        PlanGlossary("illegal connection", "불법 급수", "conexión clandestina"), PlanGlossary("remote reading", "원격검침", "telemedición"),
        PlanGlossary("mains renewal", "노후관 교체", "renovación de redes"),
        PlanGlossary("water treatment plant", "정수장", "planta de tratamiento"),
        PlanGlossary("intake", "취수장", "captación"), PlanGlossary("raw main", "도수관", "línea de conducción"),
        PlanGlossary("service reservoir", "배수지", "reservorio"), PlanGlossary("invited training", "초청연수", "capacitación por invitación"),
        PlanGlossary("internal rate of return", "내부수익률", "tasa interna de retorno (TIR)"),
        PlanGlossary("net present value", "순현재가치", "valor actual neto (VAN)"),
        PlanGlossary("performance-based contract", "성과기반계약", "contrato por resultados"),
        PlanGlossary("baseline", "기초선", "línea base"), PlanGlossary("logical framework", "사업설계매트릭스(PDM)", "marco lógico"),
    ]
}
