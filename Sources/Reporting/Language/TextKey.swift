// SPDX-License-Identifier: GPL-3.0-or-later

/// Every sentence and word of the documents that is not a name, by its key. A language catalogue holds a text for each; in its file
/// `revenueWaterRatio` is spelled `revenue_water_ratio`.
public enum TextKey: String, Sendable, CaseIterable {
    case documentTitle, documentSubtitle, dateIs, contents, madeWith, listSeparator, notKnown, doesNotApply, percentForm, moneyForm
    case unitPer, unitOver, moneyPerYearForm, moneyPerVolumeForm, figureCaption, tableCaption, scrollHint, headWithUnit, skipToContent,
        bannerSyntheticTitle
    case bannerSynthetic, bannerNotes, bannerStatusTitle, bannerUnverified, bannerAssumed, bannerContested, bannerUnknown, bannerWarnings
    case summaryTitle, summaryLost, summaryNoBalance, summaryWhere, summaryWhereLeak, summaryNoZones, summaryCosts, summaryNoCosts
    case summaryDoFirst, summaryNothingPays, summaryBrings, summaryBringsVolume, summaryNoProgramme, measureAtCost, measureInZone
    case measuresCount, pipes, nodesCount, revenueWaterRatio, revenueWater, revenueWaterLong, nonRevenueWater, nonRevenueWaterLong
    case realLosses, realLossesLong, apparentLosses, waterSupplied, authorisedConsumption, unbilledAuthorised, waterLosses
    case netPresentValue, capitalCost, operationCost, costPerVolume, leakageIndex, districtMeteredArea, minimumNightFlow, interval95
    case profileTitle, profileCaption, dataLevelIs, item, figure, year, source, statusHead, population, connections, meteredConnections
    case mainsLength, serviceLineLength, averagePressure, supplyHours, tariff, variableProductionCost, operatingCost, productionCapacity
    case exchangeRate, profileUnknownTitle, neededFor, neededForUsePerPerson, neededForPerConnection, neededForMetering, neededForPerMain
    case neededForUnavoidable, neededForIntermittent, neededForRevenue, neededForValue, neededForCostShare, neededForDeficit
    case neededForDollars, factsCaption, factsNote, balanceTitle, balanceMissingTitle, balanceMissing, balancePeriod, balancePeriodFrom
    case balanceDiagramTitle, balanceDiagramDescription, balanceCaption, balanceTerm, perYear, perDay, shareOfSupplied, intervalNote
    case intervalBelowZero, zonesDesigned, zonesDesignedCaption, zonesDesignedInlets, zonesDesignedValves, zonesDesignedReducing
    case zonesDesignedBefore, zonesDesignedAfter, zonesDesignedReduced, zonesDesignedNote, zonesMapTitle, zonesMapDescription
    case zonesMapClosed, zonesMapInlet, zonesMapReducing, zonesMapOutside
    case reducingCaption, reducingInlet, reducingDiameter, reducingFixed, reducingFrom, reducingNote, reducingEffects, reducingMode
    case reducingBefore, reducingAfter, reducingLeakage, reducingBursts, reducingEffectsNote
    case reducingModeFixed, reducingModeTimed, reducingModeFlow
    case gatewaysMapTitle, gatewaysMapDescription, gatewaysMapGateway, gatewaysMapPipe, gatewaysMapMeters
    case balanceDefaultsTitle, indicatorsTitle, indicatorsCaption, indicatorsMissingTitle, indicatorsMissing, indicatorHead
    case formulaAndSource, readWithCare, zonesTitle, zonesCaption, zonesNote, zonesMissingTitle, zonesMissing, zonesUnmeteredTitle
    case zonesUnmetered, zone, inflow, registered, inflowLessRegistered, zoneRankingTitle, zoneRankingDescription, night, nights
    case nightFlowAxis, nightFlowTitle, nightFlowDescription, nightFlowCaption, nightFlowNote, nightFlowMissingTitle, nightFlowMissing
    case legitimateNightUse, nightLeakage, nightDayFactor, dailyLeakage, leaksTitle, leaksMissingTitle, leaksMissing, leakFound
    case leakNotFound, lessThanPerMille, zoneNotKnown, walkingListCaption, walkingListNote, rank, pipe, betweenNodes, fromTo
    case nominalDiameter, length, lengthWalked, probability, probabilitySoFar, mapTitle, mapDetailTitle, mapDescription
    case mapMissingTitle, mapMissing, mapLeakProbability, mapNoSearch, mapNoPressure, mapTank, mapDevice, mapZone
    case mapLayers, mapZoomIn, mapZoomOut, mapWhole, mapHint, mapClose, mapNode, mapElevation, workbookInputs, workbookNote, workbookUnit,
        workbookLow
    case workbookHigh, workbookMargin, workbookRate, workbookBill, workbookPhasing, workbookBuildYears, workbookSensitivity, workbookChange,
        workbookDiscountFactor
    case workbookPresentValue, workbookShareOf, workbookInProgramme, workbookStart, workbookWorth, workbookSwing, workbookSwitching
    case workbookWorthAtLow, workbookWorthAtHigh, workbookDays, workbookScaling
    // A search for a leak.
    case leakPageTitle, leakPageSubtitle, leakMapTitle, leakMapDescription, mapWalk, mapSensors, mapAccess, mapReads, walkStep, walkStretch
    case walkCaption, walkNote, walkPays, sensorPressure, sensorFlow, sensorLevel, sensorDemand, leakRemarks, leakSeen
    case networkModel, sensorReadings
    case mapBelow, mapFrom, mapPipeLabel, pressureTitle, pressureMissingTitle, pressureMissing, pressureNotConverged
    case pressureHistogramTitle, pressureHistogramDescription, pressureCaption, nightPressure, shareOfNodes, noZone, nodes, nightLowest
    case nightMedian, nightHighest, peakLowest, measuresTitle, measuresMissingTitle, measuresMissing, measuresCaption, measuresNote
    case selectionSentence, underBudget, withoutBudget, provenOptimal, notProvenOptimal, needs, excludes, pressedUse, numberSign
    case measureHead, target
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
    // Delivery, financing, appraisal, monitoring, reading, risk.
    case questionsTitle, supplyDemandTitle, supplyDemandCaption, waterValueTitle, waterValueCaption, reboundSentence, reboundCaption
    case financingTitle, financingConstant, financingCurrent, financingSourcesCaption, usesCaption, usesNote, contractSentence
    case contractCaption, consortiumCaption, appraisalTitle, appraisalCaption, appraisalNote, appraisalPartsCaption, severalRates
    case affordabilityTitle, affordabilityCaption, diagnosisTitle, diagnosisFirstTitle, diagnosisFirst, diagnosisCaption
    case diagnosisNote, deliveryTitle, scheduleTitle, scheduleCaption, scheduleNote, estimateCaption, estimateBaseYear
    case estimateNoBaseYear, operationCaption, lotsCaption, trainingTitle, trainingCaption, monitoringTitle, monitoringCaption
    case monitoringNote, adjustmentsCaption, adjustmentsNote, logicCaption, readingTitle, readingCaption, readingNote
    case readingPlacement, readingNoMap, readingClassesCaption, readingItemsCaption, riskTitle, riskProbability, riskProbabilityOfLoss,
        riskCaption
    case tornadoCaption, tornadoNote, informationCaption, informationNote, profileUnverified
    // Charts.
    case targetRatio, effectiveWater, effectiveUnbilled, ineffectiveWater, balanceTreeTitle, balanceTreeDescription, balanceTreeNote,
        waterfallTitle
    case waterfallDescription, tornadoTitle, tornadoDescription, meterAgeTitle, meterAgeDescription, meterAgeClass, meterAge, meters
    case meterShare, meterExpectedError, meterAgeNote, candidatesTitle, candidatesDescription
    // Where figures come from.
    case traceTitle, traceCaption, traceNote, traceFormula, traceInputs, traceHover, traceLine
    // Short forms.
    case briefTitle, briefHeading, briefCaption, annexTitle, crewTitle, crewSheet, crewHowTo, crewTime, crewFound, crewRemarks, crewSign
    case meterListTitle, meterListHeading, meterListMissing, meterListPlanned, meterListStuck, meterListCount, meterListNote, meterNumber
    case meterInstalled, meterWhy, meterNewNumber, meterLastReading, meterStuck, meterOld, tenderTitle, tenderHeading, tenderMissing
    case tenderScope, tenderKeys, tenderSuccess, tenderPilot, tenderExport, tenderSupervisionTitle, tenderSupervisionScope
    case tenderSupervisionWorks, tenderSupervisionFitting, tenderSupervisionCoverage, tenderSupervisionService
    case tenderSitesCaption, tenderSitesNote
}
