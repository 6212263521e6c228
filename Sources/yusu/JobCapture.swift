// SPDX-License-Identifier: GPL-3.0-or-later

import Synchronization
import TextFiles
import WaterLoss
import WaterModel

/// Takes what one job of a batch would write to standard output and standard error, and the figures of the city it looked at.
final class JobCapture: Sendable {
    /// The figures by which cities are compared.
    struct CityFigures: Sendable {
        var city: String
        var country: String
        var figures: [String: Estimate]
    }

    private struct Content {
        var output = ""
        var messages: [String] = []
        var city: CityFigures?
    }

    /// Of the job that runs on this thread; nil outside a batch.
    @TaskLocal static var current: JobCapture?

    private let content = Mutex(Content())

    func add(output text: String) { content.withLock { $0.output += text } }
    func add(message text: String) { content.withLock { $0.messages.append(text) } }

    func add(_ city: City, _ assessment: CityAssessment) {
        let figures = assessment.indicators.map { ($0.kind.rawValue, $0.value) }
        content.withLock {
            $0.city = CityFigures(
                city: city.profile.name, country: city.profile.country,
                figures: Dictionary(figures, uniquingKeysWith: { first, _ in first }))
        }
    }

    var output: String { content.withLock { $0.output } }
    var messages: [String] { content.withLock { $0.messages } }
    var city: CityFigures? { content.withLock { $0.city } }
}
