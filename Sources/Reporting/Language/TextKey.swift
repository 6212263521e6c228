// SPDX-License-Identifier: GPL-3.0-or-later

/// Every sentence and word of the documents that is not a name, by its key. A language catalogue holds a text for each; in its file
/// `revenueWaterRatio` is spelled `revenue_water_ratio`.
public enum TextKey: String, Sendable, CaseIterable {
    case documentTitle, documentSubtitle, dateIs, contents, madeWith, listSeparator, notKnown, doesNotApply, percentForm, moneyForm
    case moneyPerYearForm, moneyPerVolumeForm, figureCaption, tableCaption, scrollHint, headWithUnit, withRemark, skipToContent
    case bannerSyntheticTitle, bannerSynthetic, bannerNotes, bannerStatusTitle, bannerUnverified, bannerAssumed, bannerContested
    case bannerUnknown, bannerWarnings, summaryTitle, summaryLost, summaryNoBalance, summaryWhere, summaryWhereLeak, summaryNoZones
    case summaryCosts, summaryNoCosts, summaryDoFirst, summaryNothingPays, summaryBrings, summaryBringsVolume, summaryNoProgramme
    case measureAtCost, measureInZone, measuresCount, pipes, nodesCount, revenueWaterRatio, revenueWater, revenueWaterLong
    case nonRevenueWater, nonRevenueWaterLong, realLosses, realLossesLong, apparentLosses, waterSupplied, authorisedConsumption
    case unbilledAuthorised, waterLosses, netPresentValue, capitalCost, operationCost, costPerVolume, leakageIndex, districtMeteredArea
    case minimumNightFlow, interval95, profileTitle, profileCaption, dataLevelIs, item, figure, year, source, statusHead, population
    case connections, meteredConnections, mainsLength, serviceLineLength, averagePressure, supplyHours, tariff, variableProductionCost
    case operatingCost, productionCapacity, exchangeRate, profileUnknownTitle, neededFor, neededForUsePerPerson, neededForPerConnection
    case neededForMetering, neededForPerMain, neededForUnavoidable, neededForIntermittent, neededForRevenue, neededForValue
    case neededForCostShare, neededForDeficit, neededForDollars, factsCaption, factsNote, balanceTitle, balanceMissingTitle
    case balanceMissing, balancePeriod, balancePeriodFrom, balanceDiagramTitle, balanceDiagramDescription, balanceCaption, balanceTerm
    case perYear, perDay, shareOfSupplied, intervalNote, balanceDefaultsTitle, indicatorsTitle, indicatorsCaption, indicatorsMissingTitle
    case indicatorsMissing, indicatorHead, formulaAndSource, readWithCare, zonesTitle, zonesCaption, zonesNote, zonesMissingTitle
    case zonesMissing, zonesUnmeteredTitle, zonesUnmetered, zone, inflow, registered, inflowLessRegistered, zoneRankingTitle
    case zoneRankingDescription, night, nights, nightFlowAxis, nightFlowTitle, nightFlowDescription, nightFlowCaption, nightFlowNote
    case nightFlowMissingTitle, nightFlowMissing, legitimateNightUse, nightLeakage, nightDayFactor, dailyLeakage, leaksTitle
    case leaksMissingTitle, leaksMissing, leakFound, leakNotFound, lessThanPerMille, zoneNotKnown, walkingListCaption, walkingListNote
    case rank, pipe, betweenNodes, fromTo, diameterMillimetres, length, lengthWalked, probability, probabilitySoFar, mapTitle
    case mapDescription, mapMissingTitle, mapMissing, mapLeakProbability, mapNoSearch, mapNightPressure, mapNoPressure, mapTank
    case mapDevice, mapZone, mapBelow, mapFrom, mapPipeLabel, pressureTitle, pressureMissingTitle, pressureMissing, pressureNotConverged
    case pressureHistogramTitle, pressureHistogramDescription, pressureCaption, nightPressure, shareOfNodes, noZone, nodes, nightLowest
    case nightMedian, nightHighest, peakLowest, measuresTitle, measuresMissingTitle, measuresMissing, measuresCaption, measuresNote
    case selectionSentence, underBudget, withoutBudget, provenOptimal, notProvenOptimal, needs, excludes, numberSign, measureHead, target
    case quantity, life, volumeSaved, chosen, notChosen, chosenFrom, yes, no, curveTitle, curveDescription, worthOfWater, trajectoryTitle
    case trajectoryMissingTitle, trajectoryMissing, trajectoryChartTitle, trajectoryDescription, trajectoryCaption, trajectoryNote
    case withProgramme, withoutProgramme, ratioWith, ratioWithout, realLossesWith, realLossesWithout, targetReached, targetPossible
    case targetMissed, targetOutside, targetNotSet, financeTitle, financeMissingTitle, financeMissing, financeCaption
    case internalRateOfReturn, benefitCostRatio, payback, discountRate, noRate, noPayback, cashFlowTitle, cashFlowDescription
    case cashFlowCaption, cashFlowNote, amount, benefit, net, cumulativeNet, funding, total, fundingCaption, fundingSource, kind
    case capitalToFund, fundingGap, fundingMissingTitle, fundingMissing, registerTitle, registerCaption, registerNote, registerEmpty
    case usedIn, warningsTitle, noWarnings, gapsTitle, flagOf, sourcesTitle, sourcesCaption, noSources, statusCaption, meaning
    case figuresCount, glossaryCaption, term, defineRevenueWaterRatio, defineNonRevenueWater, defineRealLosses, defineApparentLosses
    case defineDistrictMeteredArea, defineMinimumNightFlow, defineLeakageIndex, defineNetPresentValue
}
