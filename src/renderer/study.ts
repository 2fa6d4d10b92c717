/** Composition of the participants' page: the session screen, and nothing of the studio. */
import { createApp } from 'vue'
import StudyPage from './session/StudyPage.vue'
import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'

// eslint-disable-next-line @typescript-eslint/no-unsafe-argument -- vue-tsc knows the type of a .vue file
createApp(StudyPage).mount('#app')
